package dev.millrace.webhook;

import dev.millrace.json.CanonicalWriter;

/**
 * An event that was given up.
 *
 * @param sequence its number within the run
 * @param reason of the last attempt's failure
 * @param atMillis when it was given up, since 1970
 */
public record DeadLetter(String run, long sequence, String reason, long atMillis) {
  /** Returns the text behind which a listing goes on. */
  public String cursor() {
    return "%s/%019d".formatted(run, sequence);
  }

  /** Writes it as an object. */
  public void write(CanonicalWriter json) {
    json.beginObject().name("at").value(atMillis).name("reason").value(reason);
    json.name("run").value(run).name("sequence").value(sequence).endObject();
  }
}
