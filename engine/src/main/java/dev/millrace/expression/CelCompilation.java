package dev.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelMutableAst;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.parser.CelParser;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles expressions of the Common Expression Language. A text is compiled once over equal types;
 * paths are checked anew for each scope, because scopes with different names may have equal types.
 */
final class CelCompilation {

  /** Stands for any object whose members are all strings, so that their names do not matter. */
  static final Members STRINGS = new Members(Map.of("*", Simple.STRING));

  private final CelRuntime runtime = CelEnvironment.runtime();
  private final CelParser parser = CelEnvironment.parser();
  private final Map<Map<String, ValueType>, CelCompiler> checkers = new HashMap<>();
  private final Map<String, Parsed> parsed = new HashMap<>();
  private final Map<Key, CelExpression> compiled = new HashMap<>();

  CelExpression compile(String text, TypeScope types) throws ExpressionException {
    Parsed known = parsed.get(text);
    if (known == null) {
      known = parse(text);
      parsed.put(text, known);
    }
    checkPaths(text, known.paths, types);
    Map<String, ValueType> roots = HashMap.newHashMap(types.roots().size());
    types.roots().forEach((name, type) -> roots.put(name, nameless(type)));
    Key key = new Key(text, roots);
    CelExpression expression = compiled.get(key);
    if (expression == null) {
      expression = check(text, known, roots);
      compiled.put(key, expression);
    }
    return expression;
  }

  private static ValueType nameless(ValueType type) {
    if (type instanceof Members(var members)) {
      for (ValueType member : members.values()) {
        if (member != Simple.STRING) {
          return type;
        }
      }
      return STRINGS;
    }
    return type;
  }

  private Parsed parse(String text) throws ExpressionException {
    CelMutableAst ast = CelMutableAst.fromCelAst(tree(text, parser.parse(text)));
    Map<List<String>, Boolean> paths = CelPaths.normalize(ast.expr());
    return new Parsed(ast.toParsedAst(), paths);
  }

  private static void checkPaths(String text, Map<List<String>, Boolean> paths, TypeScope types)
      throws ExpressionException {
    List<String> issues = new ArrayList<>(0);
    for (Map.Entry<List<String>, Boolean> path : paths.entrySet()) {
      List<String> names = path.getKey();
      try {
        types.typeAt(path.getValue() ? names.subList(0, names.size() - 1) : names);
      } catch (ExpressionException e) {
        issues.addAll(e.issues());
      }
    }
    if (!issues.isEmpty()) {
      throw new ExpressionException(issues.stream().map(i -> i + hyphens(text)).toList());
    }
  }

  private static String hyphens(String text) {
    return text.matches("(?s).*\\.\\w+-[A-Za-z_].*")
        ? "; a name with a hyphen is written as in inputs[\"my-data\"]"
        : "";
  }

  private CelExpression check(String text, Parsed known, Map<String, ValueType> roots)
      throws ExpressionException {
    CelCompiler checker = checkers.computeIfAbsent(roots, CelEnvironment::compiler);
    CelAbstractSyntaxTree tree = tree(text, checker.check(known.tree));
    ValueType type = type(text, tree.getResultType());
    List<List<String>> references = List.copyOf(known.paths.keySet());
    try {
      return new CelExpression(text, type, references, roots, runtime.createProgram(tree));
    } catch (CelEvaluationException e) {
      throw new ExpressionException(CelMessages.failed(text, e));
    }
  }

  private static ValueType type(String text, CelType type) throws ExpressionException {
    return switch (type.kind()) {
      case BOOL -> Simple.BOOLEAN;
      case INT, UINT -> Simple.INTEGER;
      case DOUBLE -> Simple.NUMBER;
      case STRING -> Simple.STRING;
      case DYN, ANY, LIST, MAP, STRUCT, NULL_TYPE, TYPE_PARAM, OPAQUE, UNSPECIFIED, ERROR ->
          Simple.ANY;
      case BYTES, DURATION, TIMESTAMP, TYPE ->
          throw new ExpressionException(
              text + " gives a " + type.name() + ", not a JSON value; write string(" + text + ")");
    };
  }

  private static CelAbstractSyntaxTree tree(String text, CelValidationResult result)
      throws ExpressionException {
    List<String> issues = new ArrayList<>();
    for (CelIssue issue : result.getErrors()) {
      issues.add(CelMessages.wrong(text, issue));
    }
    if (!issues.isEmpty()) {
      throw new ExpressionException(issues);
    }
    try {
      return result.getAst();
    } catch (dev.cel.common.CelValidationException e) {
      throw new ExpressionException(String.valueOf(e.getMessage()));
    }
  }

  private record Parsed(CelAbstractSyntaxTree tree, Map<List<String>, Boolean> paths) {}

  private record Key(String text, Map<String, ValueType> roots) {}
}
