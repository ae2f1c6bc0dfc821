package dev.millrace.automation;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last time that something was not started, and why.
 *
 * @param at when that was found
 * @param why a sentence
 */
public record Failing(Instant at, String why) {
  private static final int LONGEST = 2_000;

  public Failing {
    why = why.length() > LONGEST ? why.substring(0, LONGEST) : why;
  }

  static @Nullable Failing read(JsonObject json) {
    JsonObject failing = Read.object(json, "notStarted");
    Instant at = Read.instant(failing, "at");
    return at == null ? null : new Failing(at, Read.text(failing, "why", ""));
  }

  /** Writes the member {@code notStarted}. */
  public static void write(CanonicalWriter json, @Nullable Failing failing) {
    if (failing != null) {
      json.name("notStarted").beginObject().name("at").value(failing.at.toEpochMilli());
      json.name("why").value(failing.why).endObject();
    }
  }
}
