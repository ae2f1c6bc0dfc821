package dev.millrace.cli;

import dev.millrace.cache.CacheCollector;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.util.List;

/** Hashes everything in the store again. */
final class CacheVerifyVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "cache verify",
        "Hashes everything in the store again and puts aside what is corrupt.",
        List.of(),
        List.of(Past.STATE, Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunArchive archive = Past.archive(arguments, session)) {
      CacheCollector.Verified verified = archive.collector().verify();
      if (arguments.has("--json")) {
        session.printer().line(json(verified));
      } else {
        tell(verified, session.printer());
      }
      boolean clean = verified.corrupt().isEmpty() && verified.incomplete().isEmpty();
      return clean ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static void tell(CacheCollector.Verified verified, Printer printer) {
    printer.line(Amounts.count(verified.blobs(), "blob is", "blobs are") + " as recorded");
    for (Digest digest : verified.corrupt()) {
      printer.line("corrupt, put aside: " + digest.text());
    }
    for (CacheCollector.Incomplete incomplete : verified.incomplete()) {
      printer.line(
          "incomplete: the result of "
              + incomplete.recorded().subject()
              + " lacks "
              + Amounts.count(incomplete.missing().size(), "blob", "blobs")
              + "; it is made again when it is needed");
    }
  }

  private static String json(CacheCollector.Verified verified) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("blobs").value(verified.blobs()).name("corrupt").beginArray();
    verified.corrupt().forEach(digest -> json.value(digest.text()));
    json.endArray().name("incomplete").beginArray();
    for (CacheCollector.Incomplete incomplete : verified.incomplete()) {
      json.beginObject().name("key").value(incomplete.recorded().key().digest().text());
      json.name("missing").beginArray();
      incomplete.missing().forEach(digest -> json.value(digest.text()));
      json.endArray().name("subject").value(incomplete.recorded().subject()).endObject();
    }
    return json.endArray().endObject().toText();
  }
}
