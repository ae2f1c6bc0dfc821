package dev.millrace.gates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules about words that no committed text may hold, in whatever language it is. */
final class Words {

  /** Patterns are written so that none matches its own text. */
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO[D]O|FIX[M]E|XX[X])\\b");

  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.$}-])/(root|work|home/[a-z]\\w*|Users/[A-Za-z]\\w*)/[\\w.]");

  private static final Pattern REGISTRY =
      Pattern.compile(
          "\\b(repo1?\\.maven(\\.apache)?\\.org|(oss|central)\\.sonatype\\.\\w+"
              + "|registry\\.(npmjs|yarnpkg)\\.\\w+|(deb|security|ftp)\\.debian\\.org"
              + "|archive\\.ubuntu\\.com|pypi\\.org|files\\.pythonhosted\\.org"
              + "|(index|static)\\.crates\\.io|proxy\\.golang\\.org"
              + "|registry-1\\.docker\\.io|ghcr\\.io|quay\\.io)\\b");

  private static final Pattern CODE = Pattern.compile(".*\\.(java|py|sh|xml|yaml|yml|css|js|html)");

  private static final Pattern LICENCE = Pattern.compile("(.*/)?(LICEN[CS]E|NOTICE)[^/]*");

  private Words() {}

  static List<Finding> unfinished(Map<String, String> texts) {
    return findings(
        "unfinished", UNFINISHED, CODE.asMatchPredicate(), texts, "finish it, or say it in docs/");
  }

  static List<Finding> machinePaths(Map<String, String> texts) {
    return findings(
        "machine-path",
        MACHINE_PATH,
        file -> true,
        texts,
        "a path of one machine: make it relative, or take it from the environment");
  }

  static List<Finding> registryHosts(Map<String, String> texts) {
    return findings(
        "registry-host",
        REGISTRY,
        LICENCE.asMatchPredicate().negate(),
        texts,
        "name the package, not the host it comes from: that is the user's setting");
  }

  private static List<Finding> findings(
      String rule,
      Pattern word,
      Predicate<String> files,
      Map<String, String> texts,
      String advice) {
    List<Finding> findings = new ArrayList<>();
    texts.forEach(
        (file, text) -> {
          if (!files.test(file)) {
            return;
          }
          Matcher matcher = word.matcher(text);
          while (matcher.find()) {
            long line =
                1 + text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
            findings.add(new Finding(rule, file, matcher.group(), line, advice));
          }
        });
    return findings;
  }
}
