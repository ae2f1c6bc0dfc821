package dev.millrace.automation;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is kept.
 *
 * @param by the name of the token that set it up
 * @param settled all instants up to this one have been dealt with
 * @param failing the last instant that was passed over, or null
 */
record ScheduleState(Schedule schedule, String by, Instant settled, @Nullable Failing failing) {

  static ScheduleState read(String name, String row) {
    JsonObject json = (JsonObject) JsonReader.read(row);
    List<Problem> problems = new ArrayList<>();
    Schedule schedule = Schedule.read(name, Read.object(json, "spec"), problems);
    Instant settled = Read.instant(json, "settled");
    if (schedule == null || settled == null) {
      throw new IllegalStateException("schedule " + name + " cannot be read: " + problems);
    }
    return new ScheduleState(schedule, Read.text(json, "by", ""), settled, Failing.read(json));
  }

  String text() {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("by").value(by);
    Failing.write(json, failing);
    json.name("settled").value(settled.toEpochMilli());
    return json.name("spec").value(schedule.spec()).endObject().toText();
  }

  ScheduleState settledAt(Instant at) {
    return new ScheduleState(schedule, by, at.isAfter(settled) ? at : settled, failing);
  }

  ScheduleState failingAt(Instant at, String why) {
    return new ScheduleState(schedule, by, settled, new Failing(at, why));
  }
}
