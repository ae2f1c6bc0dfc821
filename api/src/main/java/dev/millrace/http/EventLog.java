package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunTail;
import dev.millrace.wire.EventJson;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The facts of one run as CloudEvents 1.0, shared by all who follow it: the newest are kept as they
 * are sent, so that many followers cost one reading; older ones are read again. Safe for use by
 * many threads.
 */
final class EventLog {
  /** The beginning of the type of every event. */
  static final String TYPE = "dev.millrace.";

  private static final int KEPT = 1_000;

  private final String run;
  private final RunTail tail;
  private final Deque<Event> newest = new ArrayDeque<>();

  EventLog(String run, RunTail tail) {
    this.run = run;
    this.tail = tail;
  }

  /**
   * An event.
   *
   * @param sequence its number within the run, from 1
   * @param json the CloudEvent
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Event(long sequence, byte[] json) {}

  /**
   * Returns durable events in order.
   *
   * @param from the number of the first, from 1
   * @param limit at most so many
   * @return empty where there is none yet
   */
  synchronized List<Event> page(long from, int limit) {
    List<Event> page = new ArrayList<>();
    if (!newest.isEmpty() && newest.getFirst().sequence <= from) {
      for (Event event : newest) {
        if (event.sequence >= from && page.size() < limit) {
          page.add(event);
        }
      }
    }
    if (page.isEmpty()) {
      for (CommittedFact fact : tail.read(from, limit)) {
        Event event = new Event(fact.sequence(), cloudEvent(fact));
        page.add(event);
        keep(event);
      }
    }
    return page;
  }

  private void keep(Event event) {
    Event last = newest.peekLast();
    if (last != null && last.sequence >= event.sequence) {
      return;
    }
    if (last != null && last.sequence + 1 != event.sequence) {
      newest.clear();
    }
    newest.add(event);
    if (newest.size() > KEPT) {
      newest.remove();
    }
  }

  private byte[] cloudEvent(CommittedFact fact) {
    RunEvent event = fact.event();
    String subject = EventJson.subject(tail.view(), event);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("data").beginObject();
    EventJson.details(json, event);
    if (!subject.isEmpty()) {
      json.name(event instanceof RunEvent.StepExpanded ? "step" : "task").value(subject);
    }
    EventJson.reasons(json, event);
    json.endObject().name("datacontenttype").value("application/json");
    json.name("id").value(Long.toString(fact.sequence()));
    json.name("source").value("/runs/" + run).name("specversion").value("1.0");
    if (!subject.isEmpty()) {
      json.name("subject").value(subject);
    }
    json.name("time").value(Instant.ofEpochMilli(fact.atMillis()).toString());
    json.name("type").value(type(event));
    return json.endObject().toBytes();
  }

  private static String type(RunEvent event) {
    String kind =
        switch (event) {
          case RunEvent.StepExpanded _ -> "step.";
          case RunEvent.RunAccepted _,
              RunEvent.CancelRequested _,
              RunEvent.RunReopened _,
              RunEvent.RunFinished _ ->
              "run.";
          default -> "task.";
        };
    return TYPE + kind + RunEventCodec.type(event);
  }
}
