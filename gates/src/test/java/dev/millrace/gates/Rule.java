package dev.millrace.gates;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A rule of the source tree, by its name in findings and in the allow-list.
 *
 * @param check returns every place that breaks it
 */
record Rule(String name, Function<Tree, List<Finding>> check) {

  /**
   * What rules look at.
   *
   * @param sources the Java files
   * @param texts all text files, by name
   */
  record Tree(List<JavaSource> sources, Map<String, String> texts) {}

  static final List<Rule> ALL =
      List.of(
          ofSources("long-method", Declarations::longMethods),
          ofSources("long-file", Declarations::longFiles),
          ofSources("parameters", Declarations::parameters),
          ofSources("type-name", Declarations::typeNames),
          ofSources("package-name", Declarations::packageNames),
          ofSources("package-doc", Declarations::packageDocs),
          ofSources("type-doc", Declarations::typeDocs),
          ofSources("clock", Calls::clockInPurePackages),
          ofSources("chance", Calls::chanceInPurePackages),
          ofSources("sleep", Calls::sleeping),
          ofSources("printing", Calls::printing),
          ofTexts("unfinished", Words::unfinished),
          ofTexts("machine-path", Words::machinePaths),
          ofTexts("registry-host", Words::registryHosts));

  private static Rule ofSources(String name, Function<List<JavaSource>, List<Finding>> check) {
    return new Rule(name, tree -> check.apply(tree.sources()));
  }

  private static Rule ofTexts(String name, Function<Map<String, String>, List<Finding>> check) {
    return new Rule(name, tree -> check.apply(tree.texts()));
  }

  @Override
  public String toString() {
    return name;
  }
}
