package dev.millrace.wire;

import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonReader;
import java.time.Instant;
import java.util.TreeMap;

/** A run as it is listed. */
public final class RunJson {
  private RunJson() {}

  /** Writes a run as a value. Times are in milliseconds since the epoch. */
  public static void write(CanonicalWriter json, RunRecord run) {
    json.beginObject();
    Instant finished = run.summary().finished();
    if (finished != null) {
      json.name("finishedAt").value(finished.toEpochMilli());
    }
    json.name("labels").beginObject();
    new TreeMap<>(run.labels()).forEach((name, value) -> json.name(name).value(value));
    json.endObject().name("pipeline").value(run.pipeline());
    json.name("run").value(run.id()).name("status").value(run.summary().status());
    json.name("submittedAt").value(run.submitted().toEpochMilli());
    json.name("tasks").value(JsonReader.read(run.summary().counts()));
    json.endObject();
  }

  /** Returns a run as a text. */
  public static String text(RunRecord run) {
    CanonicalWriter json = new CanonicalWriter();
    write(json, run);
    return json.toText();
  }
}
