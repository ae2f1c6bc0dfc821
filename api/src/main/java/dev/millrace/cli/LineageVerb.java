package dev.millrace.cli;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.Lineage;
import dev.millrace.cache.LineageNode;
import dev.millrace.cache.TreeEntries;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.runtime.RunArchive;
import dev.millrace.wire.LineageJson;
import dev.millrace.wire.SourceNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says where a file comes from: step by step, down to the sources. */
final class LineageVerb implements Verb {
  private static final int NODES = 1000;
  private static final int LEAST_DIGITS = 6;
  private static final String PREFIX = "sha256:";

  @Override
  public Syntax syntax() {
    return new Syntax(
        "lineage",
        "Says where a file comes from, step by step, down to the sources.",
        List.of(
            Positional.required(
                "FILE|DIGEST", "a file or directory, or (the beginning of) a digest")),
        List.of(
            Option.value("--limit", "N", "show at most so many nodes (default " + NODES + ")"),
            Past.STATE,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    String named = arguments.positionals().getFirst();
    Integer limit = arguments.count("--limit");
    try (RunArchive archive = Past.archive(arguments, session)) {
      Artifact artifact = artifact(named, session, archive.cache());
      LineageNode node =
          Lineage.of(
              artifact,
              archive.cache(),
              TreeEntries.in(archive.trees()),
              limit == null ? NODES : limit);
      SourceNames names = new SourceNames(archive);
      if (arguments.has("--json")) {
        CanonicalWriter json = new CanonicalWriter();
        LineageJson.write(json, node, names);
        session.printer().line(json.toText());
        return ExitCode.OK;
      }
      if (node instanceof LineageNode.Source) {
        throw Refusal.badInput(
            named + " (" + artifact.digest().text() + ") was not made by a step of a run here",
            "the state of another project is named with --state DIR");
      }
      new LineageText(names).print(named, node, session.printer());
    }
    return ExitCode.OK;
  }

  private static Artifact artifact(String named, Session session, ActionCache cache)
      throws Refusal, IOException {
    Path path = session.path(named);
    if (Files.isDirectory(path)) {
      return new Trees(new HashingStore()).putDirectory(path, named);
    }
    if (Files.isRegularFile(path)) {
      return Artifact.file(new HashingStore().putFile(path));
    }
    Artifact recorded = recorded(named, cache);
    if (recorded == null) {
      throw Refusal.badInput(
          "there is no file " + named + ", and no step made anything with such a digest");
    }
    return recorded;
  }

  private static @Nullable Artifact recorded(String named, ActionCache cache) throws Refusal {
    String digits = named.startsWith(PREFIX) ? named.substring(PREFIX.length()) : named;
    String start = digits.toLowerCase(Locale.ROOT);
    if (start.length() < LEAST_DIGITS || !isHex(start)) {
      return null;
    }
    Set<Artifact> found = new LinkedHashSet<>();
    cache.forEach(
        recorded -> {
          for (Artifact output : recorded.result().outputs().values()) {
            if (output.digest().hex().startsWith(start)) {
              found.add(output);
            }
          }
        });
    Set<Digest> digests = new LinkedHashSet<>();
    found.forEach(artifact -> digests.add(artifact.digest()));
    if (digests.size() > 1) {
      throw Refusal.badInput(
          "\"" + named + "\" is the beginning of " + digests.size() + " digests; write more of it");
    }
    return found.isEmpty() ? null : found.iterator().next();
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
