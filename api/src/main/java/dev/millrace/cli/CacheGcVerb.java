package dev.millrace.cli;

import dev.millrace.cache.CacheCollector;
import dev.millrace.cache.CollectionRequest;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Drops from the cache what nobody needs, or what was not used for the longest time. */
final class CacheGcVerb implements Verb {
  private static final int KEEP = 10;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "cache gc",
        "Deletes what no result needs, and old results down to a size.",
        List.of(),
        List.of(
            Option.value("--max-size", "SIZE", "what the store may hold, such as 10G"),
            Option.value("--keep-runs", "N", "the newest runs stay whole (default " + KEEP + ")"),
            Option.flag("--dry-run", "only say what would go"),
            Past.STATE,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    Path state = Project.existingState(session, arguments);
    Integer keep = arguments.count("--keep-runs");
    long maxBytes = maxBytes(arguments);
    EngineConfig config = new EngineConfig(state, Map.of(), "", Map.of(), false);
    Engine.Parts nothing = new Engine.Parts(List.of(), () -> {});
    // While this engine holds the state nobody else runs here: what is unused now may go.
    try (RunArchive archive = Past.archive(arguments, session);
        Engine engine = Engine.open(config, "cache gc", nothing)) {
      RunArchive.Kept kept = archive.kept(keep == null ? KEEP : keep);
      CollectionRequest request =
          new CollectionRequest(
              maxBytes, kept.keys(), kept.artifacts(), Instant.now(), arguments.has("--dry-run"));
      tell(engine.collector().collect(request), arguments, session.printer());
    }
    return ExitCode.OK;
  }

  private static long maxBytes(Arguments arguments) throws Refusal {
    String text = arguments.get("--max-size");
    if (text == null) {
      return Long.MAX_VALUE;
    }
    Long bytes = Amounts.parseBytes(text);
    if (bytes == null) {
      throw Refusal.badInput("--max-size must be a size such as 10G, not \"" + text + '"');
    }
    return bytes;
  }

  private static void tell(
      CacheCollector.Collected collected, Arguments arguments, Printer printer) {
    if (arguments.has("--json")) {
      CanonicalWriter json = new CanonicalWriter().beginObject();
      json.name("actions").value(collected.actions()).name("blobs").value(collected.blobs());
      json.name("bytes").value(collected.bytes());
      json.name("bytesLeft").value(collected.bytesLeft());
      json.name("dryRun").value(arguments.has("--dry-run"));
      printer.line(json.endObject().toText());
      return;
    }
    boolean dry = arguments.has("--dry-run");
    printer.line(
        (dry ? "would delete " : "deleted ")
            + Amounts.count(collected.blobs(), "blob", "blobs")
            + " ("
            + Amounts.bytes(collected.bytes())
            + ") and the results of "
            + Amounts.count(collected.actions(), "action", "actions")
            + "; "
            + Amounts.bytes(collected.bytesLeft())
            + (dry ? " would stay" : " stay"));
  }
}
