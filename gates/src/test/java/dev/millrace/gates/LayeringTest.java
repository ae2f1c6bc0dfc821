package dev.millrace.gates;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may know whom, on the compiled classes of the product. The arrows are {@code executors ->
 * engine <- api}; within the engine the pure packages know only those below them; and each library
 * is known to the one package that hides it.
 */
class LayeringTest {

  /** Packages that are functions of their arguments; each may see those before it. */
  private static final List<String> PURE = Calls.PURE;

  /** The rest of the engine, which does things. */
  private static final List<String> EFFECTS =
      List.of(
          "executor",
          "content",
          "cache",
          "sandbox",
          "journal",
          "dispatch",
          "cluster",
          "runtime",
          "telemetry");

  private static final List<String> DOORS =
      List.of("access", "wire", "automation", "webhook", "http", "bus", "cli", "client", "daemon");

  private static final Set<String> HARMLESS_CONCURRENCY =
      Set.of("TimeUnit", "ConcurrentHashMap", "ConcurrentMap");

  private static final JavaClasses PRODUCT = compiledClasses();

  /** A library, and the packages of ours that may use it. */
  record Library(String what, List<String> packages, List<String> users) {}

  static Stream<Library> libraries() {
    return Stream.of(
        new Library("JSON parser", List.of("com.fasterxml.jackson"), List.of("json")),
        new Library("CEL", List.of("dev.cel", "com.google"), List.of("expression")),
        new Library("JDBC", List.of("java.sql", "javax.sql", "org.sqlite"), List.of("journal")),
        new Library(
            "native calls", List.of("java.lang.foreign"), List.of("executors.process", "content")),
        new Library(
            "Vert.x",
            List.of("io.vertx", "io.netty"),
            List.of("runtime", "cluster", "executors.worker", "webhook", "http", "bus", "client")),
        new Library("Hazelcast", List.of("com.hazelcast"), List.of("cluster.hazelcast")),
        new Library("Docker client", List.of("com.github.dockerjava"), List.of("executors.docker")),
        new Library("metrics", List.of("io.micrometer"), List.of("telemetry")),
        new Library("traces", List.of("io.opentelemetry"), List.of("telemetry")),
        new Library("cron expressions", List.of("com.cronutils"), List.of("automation")),
        new Library("command line parser", List.of("picocli"), List.of("cli")));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void aLibraryIsKnownOnlyToThePackageThatHidesIt(Library library) {
    noClasses()
        .that(not(library.users()))
        .should()
        .dependOnClassesThat(areIn(library.packages(), library.what()))
        .because("only " + library.users() + " may use the " + library.what())
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @Test
  void theEngineKnowsNeitherExecutorsNorDoors() {
    forbid(Stream.concat(PURE.stream(), EFFECTS.stream()).toList(), with("executors", DOORS));
  }

  @Test
  void whatStartsRunsByItselfKnowsNoDoor() {
    forbid(List.of("automation"), List.of("access", "wire", "http", "bus", "cli", "client"));
  }

  @Test
  void executorsKnowNoDoor() {
    forbid(List.of("executors"), DOORS);
  }

  @Test
  void doorsKnowNoExecutor() {
    forbid(DOORS, List.of("executors"));
  }

  static Stream<String> purePackages() {
    return PURE.stream();
  }

  @ParameterizedTest
  @MethodSource("purePackages")
  void aPurePackageKnowsOnlyThoseBelowIt(String name) {
    forbid(List.of(name), PURE.subList(PURE.indexOf(name) + 1, PURE.size()));
    noClasses()
        .that(ours(List.of(name)))
        .should()
        .dependOnClassesThat(ours(EFFECTS).and(describe("do things", type -> !isValue(type))))
        .because("a pure package may hold the values of the others, not call them")
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("purePackages")
  void aPurePackageTouchesNothingOutside(String name) {
    noClasses()
        .that(ours(List.of(name)))
        .should()
        .dependOnClassesThat(
            describe("threads, files, the network or processes", LayeringTest::isOutside))
        .because("a pure package is a function of its arguments: let the runtime do it")
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @Test
  void serviceProviderInterfacesKnowNoRuntime() {
    forbid(
        List.of("executor", "content", "cache", "journal"),
        List.of("runtime", "cluster", "telemetry"));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.millrace.(*)..").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void executorsDoNotKnowEachOther() {
    slices()
        .matching("dev.millrace.executors.(*)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  @Test
  void inheritanceHasDepthOne() {
    Set<String> deep = new TreeSet<>();
    for (JavaClass type : PRODUCT) {
      type.getRawSuperclass()
          .filter(LayeringTest::isOurs)
          .flatMap(JavaClass::getRawSuperclass)
          .filter(LayeringTest::isOurs)
          .ifPresent(grandparent -> deep.add(type.getName() + " below " + grandparent.getName()));
    }
    assertEquals(Set.of(), deep, "inherit from one class at most: hold the other as a field");
  }

  @Test
  void everyPackageHasItsPlaceHere() {
    Set<String> unknown = new TreeSet<>();
    DescribedPredicate<JavaClass> known =
        ours(Stream.of(PURE, EFFECTS, DOORS, List.of("executors")).flatMap(List::stream).toList());
    for (JavaClass type : PRODUCT) {
      if (!known.test(type)) {
        unknown.add(type.getPackageName());
      }
    }
    assertEquals(Set.of(), unknown, "give the new package its layer in LayeringTest");
  }

  private static void forbid(List<String> from, List<String> to) {
    noClasses()
        .that(ours(from))
        .should()
        .dependOnClassesThat(ours(to))
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  private static List<String> with(String first, List<String> rest) {
    return Stream.concat(Stream.of(first), rest.stream()).toList();
  }

  private static DescribedPredicate<JavaClass> not(List<String> names) {
    return DescribedPredicate.not(ours(names));
  }

  private static DescribedPredicate<JavaClass> ours(List<String> names) {
    return areIn(
        names.stream().map(name -> "dev.millrace." + name).toList(), "dev.millrace." + names);
  }

  private static DescribedPredicate<JavaClass> areIn(List<String> packages, String what) {
    return describe(
        what,
        type -> {
          String name = type.getPackageName();
          return packages.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
        });
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("dev.millrace");
  }

  /** Whether the type is data or a function of its arguments, though its package does things. */
  private static boolean isValue(JavaClass type) {
    if (type.isInterface()) {
      return !type.getAllSubclasses().isEmpty()
          && type.getAllSubclasses().stream().allMatch(LayeringTest::isData);
    }
    return isData(type)
        || type.getDirectDependenciesFromSelf().stream()
            .noneMatch(dependency -> isOutside(dependency.getTargetClass()));
  }

  private static boolean isData(JavaClass type) {
    return type.isRecord() || type.isEnum() || type.isInterface();
  }

  private static boolean isOutside(JavaClass type) {
    String name = type.getPackageName();
    if (name.startsWith("java.util.concurrent")) {
      return !HARMLESS_CONCURRENCY.contains(type.getSimpleName());
    }
    return name.startsWith("java.nio.file")
        || name.startsWith("java.nio.channels")
        || name.startsWith("java.net")
        || name.startsWith("java.lang.reflect")
        || Set.of("Thread", "ThreadLocal", "Process", "ProcessBuilder", "Runtime")
            .contains(name.equals("java.lang") ? type.getSimpleName() : "");
  }

  private static JavaClasses compiledClasses() {
    List<Location> folders =
        Stream.of("engine", "executors", "api")
            .map(module -> SourceTree.root().resolve(module).resolve("target/classes"))
            .filter(Files::isDirectory)
            .map((Path folder) -> Location.of(folder))
            .toList();
    if (folders.isEmpty()) {
      throw new IllegalStateException("nothing is compiled: run `mvn test-compile` first");
    }
    return new ClassFileImporter().importLocations(folders);
  }
}
