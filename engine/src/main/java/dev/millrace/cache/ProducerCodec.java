package dev.millrace.cache;

import dev.millrace.cache.ActionResult.Producer;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;

/** Makers of results as JSON. */
public final class ProducerCodec {
  private ProducerCodec() {}

  /** Writes a producer as one JSON value. */
  public static void write(CanonicalWriter out, Producer producer) {
    out.beginObject().name("attempt").value(producer.attempt());
    out.name("run").value(producer.run());
    out.name("task").value(producer.task());
    out.name("worker").value(producer.worker()).endObject();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Producer read(JsonObject json) {
    return new Producer(
        Members.text(json, "run"),
        Members.text(json, "task"),
        (int) Members.whole(json, "attempt"),
        Members.text(json, "worker"));
  }
}
