package dev.millrace.gates;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds what breaks it, and nothing in its well-written counterpart. */
class RuleTest {

  private static final String DOC = "/** A thing. */ ";
  private static final String MAIN = "engine/src/main/java/dev/millrace/";
  private static final String INFO =
      "/** The plan. */ @NullMarked package dev.millrace.plan; import org.jspecify.x.NullMarked;";

  /** A file that breaks {@code rule}, and one that does not. */
  record Sample(String rule, String file, String bad, String good) {

    static Sample of(String rule, String bad, String good) {
      return new Sample(
          rule,
          MAIN + "plan/Thing.java",
          "package dev.millrace.plan; " + bad,
          "package dev.millrace.plan; " + good);
    }

    @Override
    public String toString() {
      return rule + ": " + bad.lines().findFirst().orElse("");
    }
  }

  static Stream<Sample> samples() {
    return Stream.of(
        Sample.of("long-method", method(70), method(69)),
        Sample.of("long-file", "\n".repeat(600) + "class A {}", "\n".repeat(599) + "class A {}"),
        Sample.of("parameters", parameters(7), parameters(6)),
        Sample.of(
            "parameters",
            "class A { A(int a, int b, int c, int d, int e, int f, int g) {} }",
            "record A(int a, int b, int c, int d, int e, int f, int g) { A { } }"),
        Sample.of("type-name", "class PlanUtils {}", "class Plans {}"),
        Sample.of(
            "type-name", "class Plan { class AbstractStep {} }", "class Plan { class Step {} }"),
        Sample.of("type-name", "interface PlanManager {}", "interface Managed {}"),
        new Sample(
            "package-name",
            MAIN + "plan/util/A.java",
            "package dev.millrace.plan.util; class A {}",
            "package dev.millrace.utility; class A {}"),
        Sample.of("type-doc", "public class A {}", DOC + "public class A {}"),
        Sample.of(
            "type-doc",
            "class A { public enum B { C } }",
            "class A { " + DOC + "public enum B { C } }"),
        Sample.of("clock", body("System.nanoTime();"), body("clock.now();")),
        Sample.of(
            "clock",
            "import java.time.Instant; " + body("var a = Instant.now();"),
            body("var a = Instant.ofEpochMilli(now);")),
        Sample.of(
            "clock",
            "import static java.lang.System.nanoTime; " + body("nanoTime();"),
            body("nanoTime();")),
        Sample.of("chance", body("new Random();"), body("new Seeded();")),
        Sample.of("chance", body("java.util.UUID.randomUUID();"), body("UUID.fromString(id);")),
        Sample.of("sleep", body("Thread.sleep(1);"), body("done.await();")),
        Sample.of("sleep", body("TimeUnit.SECONDS.sleep(1);"), body("sleep(1);")),
        Sample.of("printing", body("System.out.println();"), body("printer.println();")),
        Sample.of("printing", body("e.printStackTrace();"), body("throw e;")),
        Sample.of("unfinished", "/* TO" + "DO later */ class A {}", "/* done */ class A {}"),
        new Sample("machine-path", "README.md", "see /ro" + "ot/x", "see ${HOME}/root/x"),
        new Sample("registry-host", "README.md", "repo1.maven" + ".org/x", "maven.org"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void findsWhatBreaksIt(Sample sample) {
    assertEquals(List.of(sample.rule()), broken(sample.file(), sample.bad()));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void leavesTheRestAlone(Sample sample) {
    assertEquals(List.of(), broken(sample.file(), sample.good()));
  }

  private static List<String> broken(String file, String text) {
    Map<String, String> texts =
        file.endsWith(".java") ? Map.of(file, text, packageInfo(file), INFO) : Map.of(file, text);
    List<JavaSource> sources = file.endsWith(".java") ? JavaSource.parse(texts) : List.of();
    Rule.Tree tree = new Rule.Tree(sources, texts);
    return Rule.ALL.stream()
        .filter(rule -> !rule.check().apply(tree).isEmpty())
        .map(Rule::name)
        .toList();
  }

  private static String packageInfo(String file) {
    return file.substring(0, file.lastIndexOf('/') + 1) + "package-info.java";
  }

  private static String method(int lines) {
    return "class A { void m() {" + "\n".repeat(lines) + "} }";
  }

  private static String parameters(int count) {
    List<String> names = Stream.iterate(0, i -> i + 1).limit(count).map(i -> "int a" + i).toList();
    return "class A { void m(" + String.join(", ", names) + ") {} }";
  }

  private static String body(String statement) {
    return "class A { void m() { " + statement + " } }";
  }
}
