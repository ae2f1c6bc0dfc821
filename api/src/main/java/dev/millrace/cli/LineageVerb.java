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
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunReader;
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
  private static final int WHOLE = 64;
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
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    String named = arguments.positionals().getFirst();
    Integer given = arguments.count("--limit");
    int limit = given == null ? NODES : given;
    if (Past.isRemote(arguments, session)) {
      try (Remote remote = Remote.open(arguments, session)) {
        Artifact artifact = artifact(named, session, digits -> whole(named, digits));
        tell(named, remote.client().lineage(artifact, limit), remote, arguments, session);
      }
      return ExitCode.OK;
    }
    try (RunArchive archive = Past.archive(arguments, session)) {
      ActionCache cache = archive.cache();
      Artifact artifact = artifact(named, session, digits -> recorded(named, digits, cache));
      LineageNode node = Lineage.of(artifact, cache, TreeEntries.in(archive.trees()), limit);
      CanonicalWriter json = new CanonicalWriter();
      LineageJson.write(json, node, new SourceNames(archive));
      tell(named, (JsonObject) JsonReader.read(json.toText()), archive, arguments, session);
    }
    return ExitCode.OK;
  }

  private static void tell(
      String named, JsonObject node, RunReader runs, Arguments arguments, Session session)
      throws Refusal {
    if (arguments.has("--json")) {
      session.printer().line(JsonText.compact(node));
    } else if (node.get("type") instanceof JsonString(String type) && type.equals("source")) {
      throw Refusal.badInput(
          named + " was not made by a step of a run here",
          "the state of another project is named with --state DIR, a server with --server URL");
    } else {
      new LineageText(new SourceNames(runs)).print(named, node, session.printer());
    }
  }

  /** Finds content of which somebody has written the hash, or the beginning of it. */
  private interface Found {
    @Nullable Artifact by(String digits) throws Refusal;
  }

  /** A server finds content by its whole hash only. */
  private static Artifact whole(String named, String digits) throws Refusal {
    if (digits.length() != WHOLE) {
      throw Refusal.badInput(
          "there is no file " + named + "; of a digest a server needs all " + WHOLE + " digits");
    }
    return Artifact.file(Digest.parse(digits, 0));
  }

  private static Artifact artifact(String named, Session session, Found found)
      throws Refusal, IOException {
    Path path = session.path(named);
    if (Files.isDirectory(path)) {
      return new Trees(new HashingStore()).putDirectory(path, named);
    }
    if (Files.isRegularFile(path)) {
      return Artifact.file(new HashingStore().putFile(path));
    }
    String digits = digits(named);
    Artifact recorded = digits == null ? null : found.by(digits);
    if (recorded == null) {
      throw Refusal.badInput(
          "there is no file " + named + ", and no step made anything with such a digest");
    }
    return recorded;
  }

  /** Returns the beginning of a hash that is meant, or null if none is. */
  private static @Nullable String digits(String named) {
    String digits = named.startsWith(PREFIX) ? named.substring(PREFIX.length()) : named;
    String start = digits.toLowerCase(Locale.ROOT);
    return start.length() < LEAST_DIGITS || !isHex(start) ? null : start;
  }

  private static @Nullable Artifact recorded(String named, String start, ActionCache cache)
      throws Refusal {
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
