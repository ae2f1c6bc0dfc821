package dev.millrace.expression;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Declares to the expression language what is known of a scope. Objects with known members are
 * declared as structures, so that the language's own checker knows their members' types.
 */
final class CelEnvironment {

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(1_000_000)
          .build();

  private CelEnvironment() {}

  static CelCompiler compiler(Map<String, ValueType> roots) {
    Map<String, CelType> structs = new HashMap<>();
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.strings())
            .addFunctionDeclarations(MixedNumbers.declarations());
    roots.forEach((name, type) -> builder.addVar(name, celType(name, type, structs)));
    return builder.setTypeProvider(new Structs(ImmutableMap.copyOf(structs))).build();
  }

  /** A parser alone: the declarations of a checker take most of the language's start. */
  static CelParser parser() {
    return CelParserFactory.standardCelParserBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .build();
  }

  static CelRuntime runtime() {
    return CelRuntimeFactory.legacyCelRuntimeBuilder()
        .setOptions(OPTIONS)
        .addLibraries(CelExtensions.strings())
        .addFunctionBindings(MixedNumbers.bindings())
        .build();
  }

  private static CelType celType(String name, ValueType type, Map<String, CelType> structs) {
    return switch (type) {
      case Simple.BOOLEAN -> SimpleType.BOOL;
      case Simple.INTEGER -> SimpleType.INT;
      case Simple.NUMBER -> SimpleType.DOUBLE;
      case Simple.STRING -> SimpleType.STRING;
      case Simple.ANY -> SimpleType.DYN;
      case Members members when members.equals(CelCompilation.STRINGS) ->
          MapType.create(SimpleType.STRING, SimpleType.STRING);
      case Members(var members) -> {
        ImmutableMap.Builder<String, CelType> typed = ImmutableMap.builder();
        members.forEach((field, of) -> typed.put(field, celType(name + "." + field, of, structs)));
        ImmutableMap<String, CelType> fields = typed.buildOrThrow();
        CelType struct =
            StructType.create(
                name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
        structs.put(name, struct);
        yield struct;
      }
    };
  }

  /** Finds the structures by name. */
  private record Structs(ImmutableMap<String, CelType> structs) implements CelTypeProvider {

    @Override
    public ImmutableCollection<CelType> types() {
      return structs.values();
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.ofNullable(structs.get(name));
    }
  }
}
