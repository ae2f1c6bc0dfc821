package dev.millrace.automation;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trigger as it is kept.
 *
 * @param by the name of the token that set it up
 * @param since events before are not its own
 * @param sealed its secrets, sealed
 * @param failing the last time that it started nothing, or null
 */
record TriggerState(
    Trigger trigger, String by, Instant since, List<String> sealed, @Nullable Failing failing) {
  TriggerState {
    sealed = List.copyOf(sealed);
  }

  static TriggerState read(String name, String row) {
    JsonObject json = (JsonObject) JsonReader.read(row);
    Trigger trigger = Trigger.read(name, Read.object(json, "spec"), new ArrayList<>());
    Instant since = Read.instant(json, "since");
    return new TriggerState(
        trigger,
        Read.text(json, "by", ""),
        since == null ? Instant.EPOCH : since,
        Read.texts(json, "sealed"),
        Failing.read(json));
  }

  String text() {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("by").value(by);
    Failing.write(json, failing);
    json.name("sealed").beginArray();
    sealed.forEach(json::value);
    json.endArray().name("since").value(since.toEpochMilli());
    return json.name("spec").value(trigger.spec()).endObject().toText();
  }

  TriggerState failingAt(Instant at, String why) {
    return new TriggerState(trigger, by, since, sealed, new Failing(at, why));
  }
}
