package dev.millrace.cli;

import dev.millrace.cache.CacheCollector;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.util.List;

/** Says how much the cache holds. */
final class CacheStatsVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "cache stats", "Says how much the cache holds.", List.of(), List.of(Past.STATE, Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunArchive archive = Past.archive(arguments, session)) {
      CacheCollector.Stats stats = archive.collector().stats();
      Printer printer = session.printer();
      if (arguments.has("--json")) {
        CanonicalWriter json = new CanonicalWriter().beginObject();
        json.name("actions").value(stats.actions()).name("blobs").value(stats.blobs());
        json.name("bytes").value(stats.bytes()).name("results").value(stats.results());
        printer.line(json.endObject().toText());
      } else {
        printer.line("results  " + Amounts.grouped(stats.results()));
        printer.line("blobs    " + Amounts.grouped(stats.blobs()));
        printer.line("size     " + Amounts.bytes(stats.bytes()));
      }
    }
    return ExitCode.OK;
  }
}
