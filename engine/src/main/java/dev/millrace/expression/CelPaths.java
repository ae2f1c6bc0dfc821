package dev.millrace.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import dev.cel.common.ast.CelMutableExpr.CelMutableSelect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the paths that an expression reads, and writes {@code a["b"]} as {@code a.b} on the way, so
 * that the type checker knows the members of an object by either form.
 */
final class CelPaths {

  /** Names that the language itself knows: its types and the name space of an extension. */
  private static final Set<String> OF_THE_LANGUAGE =
      Set.of(
          "bool",
          "int",
          "uint",
          "double",
          "string",
          "bytes",
          "list",
          "map",
          "null_type",
          "type",
          "google",
          "strings");

  /** By path: whether only {@code has(…)} asks for it, which fails for no missing member. */
  private final Map<List<String>, Boolean> paths = new LinkedHashMap<>();

  private final Deque<String> locals = new ArrayDeque<>();

  private CelPaths() {}

  static Map<List<String>, Boolean> normalize(CelMutableExpr expression) {
    CelPaths finder = new CelPaths();
    finder.visit(expression);
    return finder.paths;
  }

  private void visit(CelMutableExpr expression) {
    List<String> path = path(expression);
    if (path != null) {
      if (!OF_THE_LANGUAGE.contains(path.getFirst())) {
        boolean test = expression.getKind() == Kind.SELECT && expression.select().testOnly();
        paths.merge(path, test, Boolean::logicalAnd);
      }
      return;
    }
    switch (expression.getKind()) {
      case SELECT -> visit(expression.select().operand());
      case CALL -> {
        expression.call().target().ifPresent(this::visit);
        expression.call().args().forEach(this::visit);
      }
      case LIST -> expression.list().elements().forEach(this::visit);
      case STRUCT -> expression.struct().entries().forEach(entry -> visit(entry.value()));
      case MAP ->
          expression
              .map()
              .entries()
              .forEach(
                  entry -> {
                    visit(entry.key());
                    visit(entry.value());
                  });
      case COMPREHENSION -> visit(expression.comprehension());
      case CONSTANT, IDENT, NOT_SET -> {}
    }
  }

  private void visit(CelMutableComprehension loop) {
    visit(loop.iterRange());
    visit(loop.accuInit());
    locals.push(loop.accuVar());
    locals.push(loop.iterVar());
    locals.push(loop.iterVar2());
    visit(loop.loopCondition());
    visit(loop.loopStep());
    visit(loop.result());
    locals.pop();
    locals.pop();
    locals.pop();
  }

  /** Returns the path that the expression is, or null if it is something else. */
  private @Nullable List<String> path(CelMutableExpr expression) {
    return switch (expression.getKind()) {
      case IDENT -> {
        String name = expression.ident().name();
        yield locals.contains(name) ? null : new ArrayList<>(List.of(name));
      }
      case SELECT -> extended(path(expression.select().operand()), expression.select().field());
      case CALL -> expression.call().function().equals("_[_]") ? indexed(expression) : null;
      default -> null;
    };
  }

  private @Nullable List<String> indexed(CelMutableExpr expression) {
    CelMutableExpr operand = expression.call().args().get(0);
    CelMutableExpr index = expression.call().args().get(1);
    if (index.getKind() != Kind.CONSTANT) {
      return null;
    }
    List<String> parent = path(operand);
    CelConstant constant = index.constant();
    return switch (constant.getKind()) {
      case STRING_VALUE -> {
        expression.setSelect(CelMutableSelect.create(operand, constant.stringValue()));
        yield extended(parent, constant.stringValue());
      }
      case INT64_VALUE -> extended(parent, Long.toString(constant.int64Value()));
      default -> null;
    };
  }

  private static @Nullable List<String> extended(@Nullable List<String> path, String name) {
    if (path != null) {
      path.add(name);
    }
    return path;
  }
}
