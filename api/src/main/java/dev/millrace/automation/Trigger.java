package dev.millrace.automation;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What starts a run, besides a time.
 *
 * @param spec as it was given, without secrets
 */
record Trigger(String name, JsonObject spec, Target target, boolean paused, When when) {
  /** An event of a run that led to another run, which led to another: so far and no further. */
  static final int DEEPEST = 8;

  private static final String SUCCEEDED = "dev.millrace.task.succeeded";

  private static final Set<String> TYPES =
      Set.of(
          "run.accepted",
          "run.cancel-requested",
          "run.finished",
          "run.image-pinned",
          "run.reopened",
          "step.expanded",
          "task.approval-requested",
          "task.approved",
          "task.attempt-failed",
          "task.cached",
          "task.cancelled",
          "task.differed",
          "task.failed",
          "task.inputs-lost",
          "task.queued",
          "task.reconsidered",
          "task.rejected",
          "task.retry-due",
          "task.skipped",
          "task.started",
          SUCCEEDED.substring("dev.millrace.".length()));

  /** What it waits for. */
  sealed interface When {}

  /** A signed message. */
  record Webhook() implements When {}

  /**
   * An event of a run.
   *
   * @param types of the event, any of them
   * @param pipeline only of runs of it; null for any
   * @param labels only of runs that have all of them
   * @param where what the event holds, by JSON pointer
   */
  record OnEvent(
      Set<String> types,
      @Nullable String pipeline,
      Map<String, String> labels,
      Map<String, JsonValue> where)
      implements When {

    boolean watches(WatchedRuns.Run run) {
      return (pipeline == null || pipeline.equals(run.pipeline()))
          && run.labels().entrySet().containsAll(labels.entrySet());
    }

    boolean fits(JsonObject event) {
      return types.contains(Read.text(event, "type", ""))
          && where.entrySet().stream()
              .allMatch(one -> one.getValue().equals(Filling.at(event, one.getKey())));
    }
  }

  /**
   * A number that a task published.
   *
   * @param of which tasks' results
   * @param metric its name
   * @param above it must be greater; null for no bound
   * @param below it must be less; null for no bound
   */
  record OnMetric(OnEvent of, String metric, @Nullable Double above, @Nullable Double below)
      implements When {

    boolean fits(JsonObject event) {
      JsonObject result = Read.object(Read.object(event, "data"), "result");
      Double value = Read.number(Read.object(result, "metrics"), metric);
      return value != null
          && of.fits(event)
          && (above == null || value > above)
          && (below == null || value < below);
    }
  }

  static Trigger read(String name, JsonObject spec, List<Problem> problems) {
    Target target = Target.read(spec, problems);
    JsonObject on = Read.object(spec, "when");
    When when =
        switch (Read.text(spec, "type", "")) {
          case "event" -> event(on, types(on, problems), problems);
          case "metric" -> metric(on, problems);
          default -> new Webhook();
        };
    boolean isWebhook = when instanceof Webhook;
    if (!isWebhook && spec.get("secrets") != null) {
      problems.add(new Problem("no-secrets", "/secrets", "only a webhook has secrets"));
    }
    if (isWebhook && spec.get("when") != null) {
      problems.add(
          new Problem("no-when", "/when", "a webhook says nothing in \"when\"; leave it out"));
    }
    return new Trigger(name, withoutSecrets(spec), target, Read.flag(spec, "paused"), when);
  }

  private static JsonObject withoutSecrets(JsonObject spec) {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>(spec.members());
    members.remove("secrets");
    return new JsonObject(members);
  }

  private static Set<String> types(JsonObject on, List<Problem> problems) {
    List<String> types = Read.texts(on, "types");
    if (types.isEmpty()) {
      problems.add(
          new Problem(
              "missing-field",
              "/when/types",
              "say which events, such as [\"dev.millrace.run.finished\"]"));
    }
    for (int i = 0; i < types.size(); i++) {
      if (!types.get(i).startsWith("dev.millrace.")
          || !TYPES.contains(types.get(i).substring("dev.millrace.".length()))) {
        problems.add(
            new Problem(
                "unknown-type",
                "/when/types/" + i,
                "there is no such event; there are "
                    + String.join(
                        ", ", TYPES.stream().sorted().map("dev.millrace."::concat).toList())));
      }
    }
    return Set.copyOf(types);
  }

  private static OnEvent event(JsonObject on, Set<String> types, List<Problem> problems) {
    Map<String, JsonValue> where = new TreeMap<>(Read.object(on, "where").members());
    for (String pointer : where.keySet()) {
      if (!pointer.startsWith("/")) {
        problems.add(
            new Problem(
                "bad-pointer",
                "/when/where",
                "\"" + pointer + "\" is no JSON pointer; write one such as \"/data/result\""));
      }
    }
    return new OnEvent(
        types,
        on.get("pipeline") == null ? null : Read.text(on, "pipeline", ""),
        Read.textMap(on, "labels"),
        where);
  }

  private static OnMetric metric(JsonObject on, List<Problem> problems) {
    String metric = Read.text(on, "metric", "");
    Double above = Read.number(on, "above");
    Double below = Read.number(on, "below");
    if (metric.isEmpty()) {
      problems.add(new Problem("missing-field", "/when/metric", "say which metric"));
    }
    if (above == null && below == null) {
      problems.add(new Problem("missing-field", "/when", "say above, below or both"));
    }
    return new OnMetric(event(on, Set.of(SUCCEEDED), problems), metric, above, below);
  }

  boolean watches(WatchedRuns.Run run) {
    return !paused
        && switch (when) {
          case Webhook _ -> false;
          case OnEvent event -> event.watches(run);
          case OnMetric metric -> metric.of.watches(run);
        };
  }

  boolean fits(JsonObject event) {
    return switch (when) {
      case Webhook _ -> false;
      case OnEvent one -> one.fits(event);
      case OnMetric metric -> metric.fits(event);
    };
  }

  /** Returns the launch for a message of a webhook. */
  Launch launch(String id, JsonValue body, String by) {
    return launch("trigger/" + name + "/" + id, body, Map.of(), by);
  }

  /**
   * Returns the launch for an event.
   *
   * @param depth how many runs led to this one
   */
  Launch launch(String run, WatchedRuns.Event event, int depth, String by) {
    Map<String, String> more = Map.of(Launch.CAUSED_BY, run, Launch.DEPTH, Integer.toString(depth));
    String cause = "trigger/" + name + "/" + run + "/" + event.sequence();
    return launch(cause, event.json(), more, by);
  }

  private Launch launch(String cause, JsonValue from, Map<String, String> more, String by) {
    Map<String, String> labels = new TreeMap<>(target.labels());
    labels.putAll(more);
    return new Launch(
        cause,
        by,
        target.pipeline(),
        target.params().fill(from),
        labels,
        Map.entry(Launch.TRIGGER, name),
        target.overlap());
  }
}
