package dev.millrace.gates;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The source tree keeps the rules. A finding that must stand for now has a line in {@code
 * allow-list.txt}, whose number of lines may only shrink.
 */
class TidyTest {

  /** Lower it with every entry that goes; never raise it. */
  private static final int ALLOWED_AT_MOST = 0;

  private static final Rule.Tree TREE = new Rule.Tree(JavaSource.ofWorkTree(), SourceTree.texts());
  private static final Set<String> ALLOWED = allowList();

  static List<Rule> rules() {
    return Rule.ALL;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isKept(Rule rule) {
    List<Finding> findings =
        rule.check().apply(TREE).stream()
            .filter(finding -> !ALLOWED.contains(finding.key()))
            .toList();
    assertTrue(findings.isEmpty(), () -> "\n  " + lines(findings));
  }

  @Test
  void everyAllowListEntryIsStillNeeded() {
    Set<String> found =
        Rule.ALL.stream()
            .flatMap(rule -> rule.check().apply(TREE).stream())
            .map(Finding::key)
            .collect(Collectors.toSet());
    List<String> stale = ALLOWED.stream().filter(entry -> !found.contains(entry)).toList();
    assertTrue(stale.isEmpty(), () -> "delete from allow-list.txt:\n  " + lines(stale));
  }

  @Test
  void theAllowListOnlyShrinks() {
    assertTrue(
        ALLOWED.size() <= ALLOWED_AT_MOST,
        () -> "the allow-list may only shrink: mend the source instead of adding a line");
  }

  @Test
  void longFilesAreAnnounced() {
    Declarations.filesToWatch(TREE.sources()).forEach(System.out::println);
  }

  private static String lines(List<?> things) {
    return things.stream().map(Object::toString).collect(Collectors.joining("\n  "));
  }

  private static Set<String> allowList() {
    try (InputStream in = TidyTest.class.getResourceAsStream("/allow-list.txt")) {
      if (in == null) {
        throw new IllegalStateException("gates/src/test/resources/allow-list.txt is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
