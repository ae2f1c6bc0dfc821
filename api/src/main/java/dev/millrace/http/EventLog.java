package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunTail;
import dev.millrace.wire.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The facts of one run as CloudEvents 1.0, shared by all who follow it: what was read last is kept
 * as it is sent, in blocks, so that many followers cost one reading. Safe for use by many threads.
 */
final class EventLog {
  /** The beginning of the type of every event. */
  static final String TYPE = "dev.millrace.";

  private static final int BLOCK = 256;

  /** So many blocks are kept, those that were used last: some megabytes. */
  private static final int KEPT = 64;

  private final String run;
  private final RunTail tail;

  /** By their number; each a beginning of the block's events, replaced when more are known. */
  private final Map<Long, List<Event>> blocks = new ConcurrentHashMap<>();

  /** Numbers of blocks in the order of their use. */
  private final SequencedSet<Long> used = new LinkedHashSet<>();

  EventLog(String run, RunTail tail) {
    this.run = run;
    this.tail = tail;
  }

  /**
   * An event.
   *
   * @param sequence its number within the run, from 1
   * @param sent the CloudEvent as a server-sent event
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Event(long sequence, byte[] sent) {
    private static final int END = 2;

    static Event of(long sequence, byte[] json) {
      byte[] head = head(sequence);
      byte[] sent = Arrays.copyOf(head, head.length + json.length + END);
      System.arraycopy(json, 0, sent, head.length, json.length);
      Arrays.fill(sent, sent.length - END, sent.length, (byte) '\n');
      return new Event(sequence, sent);
    }

    private static byte[] head(long sequence) {
      return ("id: " + sequence + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the CloudEvent. */
    byte[] json() {
      return Arrays.copyOfRange(sent, head(sequence).length, sent.length - END);
    }
  }

  /**
   * Returns durable events in order.
   *
   * @param from the number of the first, from 1
   * @return some of those behind it, empty where there is none yet
   */
  List<Event> page(long from) {
    List<Event> recent = recent(from);
    return recent.isEmpty() ? read(from) : recent;
  }

  /**
   * Returns those of a page that are in memory; for a thread that must not wait.
   *
   * @return empty where none of them is, which does not mean that there are none
   */
  List<Event> recent(long from) {
    List<Event> block = blocks.getOrDefault((from - 1) / BLOCK, List.of());
    int start = (int) ((from - 1) % BLOCK);
    return start < block.size() ? block.subList(start, block.size()) : List.of();
  }

  private synchronized List<Event> read(long from) {
    long number = (from - 1) / BLOCK;
    use(number);
    List<Event> known = blocks.getOrDefault(number, List.of());
    if (known.size() <= (from - 1) % BLOCK) {
      List<Event> more = new ArrayList<>(known);
      for (CommittedFact fact :
          tail.read(number * BLOCK + known.size() + 1, BLOCK - known.size())) {
        more.add(Event.of(fact.sequence(), cloudEvent(fact)));
      }
      blocks.put(number, List.copyOf(more));
    }
    return recent(from);
  }

  private void use(long number) {
    used.remove(number);
    used.addLast(number);
    if (used.size() > KEPT) {
      blocks.remove(used.removeFirst());
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
              RunEvent.ImagePinned _,
              RunEvent.CancelRequested _,
              RunEvent.RunReopened _,
              RunEvent.RunFinished _ ->
              "run.";
          default -> "task.";
        };
    return TYPE + kind + RunEventCodec.type(event);
  }
}
