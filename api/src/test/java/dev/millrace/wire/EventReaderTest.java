package dev.millrace.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.run.RunStatus;
import dev.millrace.run.SkipCause;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunReplay;
import dev.millrace.runtime.RunView;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is told of a fact is enough to have the fact again, for every kind of it. */
class EventReaderTest {
  private static final String DOCUMENT =
      "{\"version\": 1, \"name\": \"n\", \"steps\": {\"a\": {\"script\": \"x\"}, \"b\":"
          + " {\"script\": \"y\"}}}";
  private static final Digest TEXT = Digest.of("text");
  private static final ActionKey KEY =
      new ActionKey(Digest.parse(Digest.of("key").text(), 0)); // its size is not told
  private static final ActionResult.Producer PRODUCER =
      new ActionResult.Producer("r0", "a", 2, "local");
  private static final ActionResult RESULT =
      new ActionResult(
          new TreeMap<>(Map.of("o", Artifact.file(TEXT), "d", Artifact.tree(TEXT))),
          new TreeMap<>(Map.of("m", 0.5)),
          0,
          TEXT,
          Digest.EMPTY,
          PRODUCER,
          Instant.ofEpochMilli(1_700_000_000_123L),
          new ResourceUsage(10, -1, 30));
  private static final Failure FAILURE =
      new Failure(FailureKind.TIMEOUT, "too long", -1, TEXT, Digest.EMPTY);

  private static List<RunEvent> oneOfEach() {
    Explanation why =
        new Explanation.Changed(PRODUCER, List.of(new Explanation.Change("script", null, "x")));
    return List.of(
        new RunEvent.RunAccepted(accepted()),
        new RunEvent.StepExpanded(1, new JsonArray(List.of(new JsonNumber(1)))),
        new RunEvent.StepExpanded(1, null),
        new RunEvent.ImagePinned("docker", "python:3.12", "sha256:00"),
        new RunEvent.TaskCached(0, KEY, RESULT, new Explanation.Hit(PRODUCER)),
        new RunEvent.TaskQueued(1, KEY, why),
        new RunEvent.ApprovalRequested(1, KEY, new Explanation.FirstTime()),
        new RunEvent.TaskApproved(0, "me", "go"),
        new RunEvent.TaskRejected(0, "me", ""),
        new RunEvent.TaskReconsidered(1),
        new RunEvent.AttemptStarted(1, 3, "local"),
        new RunEvent.AttemptSucceeded(1, 3, RESULT),
        new RunEvent.ResultDiffered(1, 3, PRODUCER, List.of("o")),
        new RunEvent.AttemptFailed(1, 3, FAILURE, null),
        new RunEvent.AttemptFailed(1, 3, FAILURE, 1_700_000_000_999L),
        new RunEvent.RetryDue(1),
        new RunEvent.TaskSkipped(0, SkipCause.UPSTREAM_FAILED),
        new RunEvent.TaskFailed(0, Failure.of(FailureKind.USER, "no")),
        new RunEvent.AttemptCancelled(1, 3),
        new RunEvent.InputsLost(1, List.of(0)),
        new RunEvent.CancelRequested(true),
        new RunEvent.RunReopened("me"),
        new RunEvent.RunFinished(RunStatus.CANCELLED));
  }

  private static JsonObject accepted() {
    Digest document = Digest.of(DOCUMENT);
    return (JsonObject)
        JsonReader.read(
            "{\"document\": {\"digest\": \"%s\", \"size\": %d}, \"params\": {\"x\": [1]}}"
                .formatted(document.text(), document.size()));
  }

  @Test
  void everyKindOfFactIsReadAsItWas() throws IOException {
    RunRecord record =
        new RunRecord(
            "r1", "n", "", Instant.EPOCH, Map.of(), new RunRecord.Summary("running", "{}", null));
    RunReplay replay =
        RunReplay.begin(
            record, (JsonObject) JsonReader.read("{}"), (JsonObject) JsonReader.read(DOCUMENT));
    RunView view = replay.history().view();
    replay.add(new CommittedFact(1, 0, new RunEvent.RunAccepted(accepted())));
    EventReader reader = new EventReader(view);
    Set<Class<?>> kinds = new HashSet<>();
    long sequence = 1;
    for (RunEvent event : oneOfEach()) {
      CommittedFact fact = new CommittedFact(sequence++, 1_700_000_000_000L, event);
      assertEquals(fact, reader.read(cloudEvent(view, fact)));
      kinds.add(event.getClass());
    }
    assertEquals(Set.of(RunEvent.class.getPermittedSubclasses()), kinds);
    JsonObject stranger =
        (JsonObject)
            JsonReader.read(
                "{\"id\": \"1\", \"time\": \"2026-01-01T00:00:00Z\", \"type\": \"dev.millrace.x\","
                    + " \"data\": {}}");
    assertThrows(IllegalArgumentException.class, () -> reader.read(stranger));
  }

  private static JsonObject cloudEvent(RunView run, CommittedFact fact) {
    RunEvent event = fact.event();
    String subject = EventJson.subject(run, event);
    CanonicalWriter json = new CanonicalWriter().beginObject().name("data").beginObject();
    EventJson.details(json, event);
    if (!subject.isEmpty()) {
      json.name(event instanceof RunEvent.StepExpanded ? "step" : "task").value(subject);
    }
    EventJson.reasons(json, event);
    json.endObject().name("id").value(Long.toString(fact.sequence()));
    json.name("time").value(Instant.ofEpochMilli(fact.atMillis()).toString());
    json.name("type").value("dev.millrace.any." + RunEventCodec.type(event)).endObject();
    return (JsonObject) JsonReader.read(json.toBytes());
  }
}
