package dev.millrace.expression;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;

/**
 * Arithmetic and equality between {@code int} and {@code double}, which the language itself has
 * not. JSON makes no difference between 1 and 1.0, so a metric that happens to be whole must not
 * turn {@code auc * 100.0} into an error.
 */
final class MixedNumbers {

  private MixedNumbers() {}

  static ImmutableList<CelFunctionDecl> declarations() {
    return ImmutableList.of(
        declaration("_+_", "add", SimpleType.DOUBLE),
        declaration("_-_", "subtract", SimpleType.DOUBLE),
        declaration("_*_", "multiply", SimpleType.DOUBLE),
        declaration("_/_", "divide", SimpleType.DOUBLE),
        declaration("_==_", "equals", SimpleType.BOOL),
        declaration("_!=_", "not_equals", SimpleType.BOOL));
  }

  private static CelFunctionDecl declaration(String function, String id, CelType result) {
    return CelFunctionDecl.newFunctionDeclaration(
        function,
        CelOverloadDecl.newGlobalOverload(
            id + "_int64_double", result, SimpleType.INT, SimpleType.DOUBLE),
        CelOverloadDecl.newGlobalOverload(
            id + "_double_int64", result, SimpleType.DOUBLE, SimpleType.INT));
  }

  static ImmutableList<CelFunctionBinding> bindings() {
    return ImmutableList.of(
        CelFunctionBinding.from("add_int64_double", Long.class, Double.class, (x, y) -> x + y),
        CelFunctionBinding.from("add_double_int64", Double.class, Long.class, (x, y) -> x + y),
        CelFunctionBinding.from("subtract_int64_double", Long.class, Double.class, (x, y) -> x - y),
        CelFunctionBinding.from("subtract_double_int64", Double.class, Long.class, (x, y) -> x - y),
        CelFunctionBinding.from("multiply_int64_double", Long.class, Double.class, (x, y) -> x * y),
        CelFunctionBinding.from("multiply_double_int64", Double.class, Long.class, (x, y) -> x * y),
        CelFunctionBinding.from("divide_int64_double", Long.class, Double.class, (x, y) -> x / y),
        CelFunctionBinding.from("divide_double_int64", Double.class, Long.class, (x, y) -> x / y),
        CelFunctionBinding.from(
            "equals_int64_double", Long.class, Double.class, MixedNumbers::same),
        CelFunctionBinding.from(
            "equals_double_int64", Double.class, Long.class, (x, y) -> same(y, x)),
        CelFunctionBinding.from(
            "not_equals_int64_double", Long.class, Double.class, (x, y) -> !same(x, y)),
        CelFunctionBinding.from(
            "not_equals_double_int64", Double.class, Long.class, (x, y) -> !same(y, x)));
  }

  private static boolean same(long whole, double number) {
    return whole == number;
  }
}
