package dev.millrace.runtime;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.content.Artifact;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Command;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.pipeline.Step;
import dev.millrace.plan.Evaluated;
import dev.millrace.plan.ExpandedTask;
import dev.millrace.plan.PlannedInput;
import dev.millrace.plan.StepRead;
import dev.millrace.plan.TaskContext;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.TaskStatus;
import dev.millrace.schedule.Demand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the action of a ready task. Safe for use by many threads. */
final class ActionMaker {
  private static final String CPUS = "cpus";

  private final RunContext context;

  ActionMaker(RunContext context) {
    this.context = context;
  }

  /** What came of it. */
  sealed interface Made {
    /** The action. */
    record Task(PreparedTask prepared) implements Made {}

    /** The task is not to be run. */
    record NotWanted() implements Made {}

    /** It is not known yet what the name of its image stands for. */
    record Unpinned(ImageName name, Pull pull) implements Made {}

    /** It cannot be run. */
    record Impossible(Failure failure) implements Made {}
  }

  Made make(TaskSnapshot snapshot) throws IOException {
    TaskContext task =
        new TaskContext(
            context.plan().plan(), snapshot.step(), snapshot.instance(), stepValues(snapshot));
    return switch (task.when()) {
      case Evaluated.Failed<Boolean>(var message) -> impossible(message);
      case Evaluated.Value<Boolean>(var wanted) ->
          wanted ? expand(snapshot, task) : new Made.NotWanted();
    };
  }

  private Made expand(TaskSnapshot snapshot, TaskContext task) throws IOException {
    return switch (task.expand()) {
      case Evaluated.Failed<ExpandedTask>(var message) -> impossible(message);
      case Evaluated.Value<ExpandedTask>(var expanded) ->
          switch (task.resources(snapshot.attempt())) {
            case Evaluated.Failed<Map<String, Double>>(var message) -> impossible(message);
            case Evaluated.Value<Map<String, Double>>(var amounts) ->
                assemble(snapshot, expanded, amounts);
          };
    };
  }

  private static Made impossible(String message) {
    return new Made.Impossible(Failure.of(FailureKind.USER, message));
  }

  private Made assemble(TaskSnapshot snapshot, ExpandedTask expanded, Map<String, Double> amounts)
      throws IOException {
    Step step = snapshot.step().step();
    ContainerRequest container = null;
    if (expanded.image() != null) {
      ImageName image = new ImageName(step.executor(), expanded.image());
      String imageId = context.images().idOf(image);
      if (imageId == null) {
        return new Made.Unpinned(image, step.container().pull());
      }
      container = new ContainerRequest(image.image(), imageId, step.container());
    }
    SortedMap<String, Artifact> inputs = new TreeMap<>();
    for (PlannedInput input : snapshot.step().inputs()) {
      Artifact artifact;
      try {
        artifact = artifact(snapshot, input, expanded);
      } catch (IllegalArgumentException e) {
        return impossible(String.valueOf(e.getMessage()));
      }
      if (artifact != null) {
        inputs.put(input.path(), artifact);
      }
    }
    Action action =
        new Action(
            command(expanded.command()),
            new TreeMap<>(expanded.env()),
            platform(step, container),
            inputs,
            outputs(step),
            step.cache().salt());
    return new Made.Task(
        new PreparedTask(
            context.id(),
            snapshot.task(),
            snapshot.name(),
            step.id(),
            context.plan().plan().pipeline().name() + "/" + snapshot.name(),
            ActionCodec.key(action),
            action,
            step.cache().mode(),
            List.copyOf(step.outputs().values()),
            step.secrets(),
            container,
            step.timeout(),
            demand(step, amounts),
            step.priority(),
            context.weight(snapshot.step().index()),
            null));
  }

  private static Action.Command command(Command command) {
    return switch (command) {
      case Command.Argv(var arguments) -> new Action.Command.Argv(arguments);
      case Command.Script(var text) -> new Action.Command.Script(text);
    };
  }

  private SortedMap<String, String> platform(Step step, @Nullable ContainerRequest container) {
    SortedMap<String, String> platform = new TreeMap<>();
    platform.put("executor", step.executor());
    if (container == null) {
      platform.put("os", System.getProperty("os.name", "").toLowerCase(Locale.ROOT));
      platform.put("arch", System.getProperty("os.arch", "").toLowerCase(Locale.ROOT));
    } else {
      describe(container, platform);
    }
    for (String tool : step.cache().tools()) {
      platform.put("tool: " + tool, context.tools().of(tool));
    }
    return platform;
  }

  /** An image is of one system and architecture; what is as usual is left out. */
  private static void describe(ContainerRequest container, Map<String, String> platform) {
    platform.put("image", container.imageId());
    ContainerSpec spec = container.spec();
    if (!spec.network().equals(ContainerSpec.DEFAULT_NETWORK)) {
      platform.put("network", spec.network());
    }
    if (spec.user() != ContainerSpec.User.CALLER) {
      platform.put("user", spec.user().label());
    }
    for (ContainerSpec.Mount mount : spec.mounts()) {
      platform.put(
          "mount: " + mount.target(), mount.source() + (mount.writable() ? " (writable)" : ""));
    }
  }

  private static SortedMap<String, Action.OutputPath> outputs(Step step) {
    SortedMap<String, Action.OutputPath> outputs = new TreeMap<>();
    for (OutputSpec output : step.outputs().values()) {
      outputs.put(output.name(), new Action.OutputPath(output.path(), output.optional()));
    }
    return outputs;
  }

  private static Demand demand(Step step, Map<String, Double> amounts) {
    Map<String, Double> all = new HashMap<>(amounts);
    all.putIfAbsent(CPUS, 1.0);
    if (step.pool() != null) {
      all.put("pool:" + step.pool(), 1.0);
    }
    return new Demand(step.executor(), all, step.workers());
  }

  // ---- inputs ----

  /** Returns what is placed for an input, or null where an optional output was not made. */
  private @Nullable Artifact artifact(
      TaskSnapshot snapshot, PlannedInput input, ExpandedTask expanded) throws IOException {
    return switch (input.source()) {
      case PlannedInput.OneTask(int step, String output, _) -> output(snapshot, step, output);
      case PlannedInput.AllTasks(int step, String output) -> {
        FanIn fanIn = snapshot.fanIns().get(step);
        yield fanIn == null ? null : fanIn.directory(output, context.trees());
      }
      case PlannedInput.UserPath(String path) -> source(path);
      case PlannedInput.Text _ -> {
        String text = expanded.texts().getOrDefault(input.name(), "");
        yield Artifact.file(context.trees().store().put(text.getBytes(StandardCharsets.UTF_8)));
      }
      case PlannedInput.Stored(var artifact) -> artifact;
    };
  }

  private static @Nullable Artifact output(TaskSnapshot snapshot, int step, String output) {
    SeenTask seen = snapshot.sights().get(step);
    return seen != null && seen.status() instanceof TaskStatus.Succeeded succeeded
        ? succeeded.outputs().get(output)
        : null;
  }

  private Artifact source(String path) {
    Artifact artifact = context.submission().sources().get(path);
    if (artifact == null) {
      throw new IllegalArgumentException(
          "the content of " + path + " was not submitted with the document");
    }
    return artifact;
  }

  // ---- what expressions see of other steps ----

  private JsonObject stepValues(TaskSnapshot snapshot) throws IOException {
    if (snapshot.step().reads().isEmpty()) {
      return JsonObject.EMPTY;
    }
    Map<String, StepValues> steps = new LinkedHashMap<>();
    for (StepRead read : snapshot.step().reads()) {
      StepValues values = steps.computeIfAbsent(read.id(), id -> new StepValues());
      SeenTask seen = snapshot.sights().get(read.step());
      switch (read.what()) {
        case STATUS -> values.status = new JsonString(status(snapshot, read.step()));
        case OUTPUT -> readOutput(values, seen, read.name());
        case METRIC -> readMetrics(values, seen);
      }
    }
    SequencedMap<String, JsonValue> json = new LinkedHashMap<>();
    steps.forEach((id, values) -> json.put(id, values.toJson()));
    return new JsonObject(json);
  }

  private static final class StepValues {
    private @Nullable JsonValue status;
    private final SequencedMap<String, JsonValue> outputs = new LinkedHashMap<>();
    private final SequencedMap<String, JsonValue> metrics = new LinkedHashMap<>();

    JsonObject toJson() {
      SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
      if (status != null) {
        members.put("status", status);
      }
      members.put("outputs", new JsonObject(outputs));
      members.put("metrics", new JsonObject(metrics));
      return new JsonObject(members);
    }
  }

  private void readOutput(StepValues values, @Nullable SeenTask seen, String output)
      throws IOException {
    if (seen != null && seen.status() instanceof TaskStatus.Succeeded succeeded) {
      Artifact artifact = succeeded.outputs().get(output);
      if (artifact != null) {
        values.outputs.put(output, context.results().read(output, artifact));
      }
    }
  }

  private static void readMetrics(StepValues values, @Nullable SeenTask seen) {
    if (seen != null && seen.status() instanceof TaskStatus.Succeeded succeeded) {
      new TreeMap<>(succeeded.metrics())
          .forEach((name, value) -> values.metrics.put(name, new JsonNumber(value)));
    }
  }

  private static String status(TaskSnapshot snapshot, int step) {
    SeenTask seen = snapshot.sights().get(step);
    if (seen != null) {
      return label(seen.status());
    }
    FanIn fanIn = snapshot.fanIns().get(step);
    String whole = "skipped";
    for (FanIn.Member member : fanIn == null ? List.<FanIn.Member>of() : fanIn.members()) {
      String one = label(member.seen().status());
      if (one.equals("failed") || one.equals("cancelled")) {
        return one;
      }
      whole = one.equals("succeeded") ? one : whole;
    }
    return whole;
  }

  private static String label(TaskStatus status) {
    return status.phase().label();
  }
}
