package dev.millrace.plan;

import dev.millrace.expression.Expressions;
import dev.millrace.expression.ValueType;
import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.pipeline.Nearest;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes plans, or finds everything that keeps a pipeline from being run, in one pass. */
public final class Planner {

  private final PlanRequest request;
  private final Pipeline pipeline;
  private final Problems problems = new Problems();

  private Planner(PlanRequest request) {
    this.request = request;
    this.pipeline = request.pipeline();
  }

  /** Returns the plan, or all problems. */
  public static Planned plan(PlanRequest request) {
    return new Planner(request).plan();
  }

  private Planned plan() {
    Map<String, JsonValue> params = ParamValues.resolve(request, problems);
    StepGraph graph = StepGraph.of(pipeline, problems);
    Fans fans = Fans.of(graph, problems);
    List<PlannedStep> steps = steps(graph, fans, params);
    return problems.isEmpty()
        ? new Planned.Ok(new Plan(pipeline, params, steps))
        : new Planned.Refused(problems.list());
  }

  private List<PlannedStep> steps(StepGraph graph, Fans fans, Map<String, JsonValue> params) {
    StepPlanner.Workbench bench =
        new StepPlanner.Workbench(
            request, graph, fans, params, paramTypes(), new Expressions(), problems);
    InputPlanner inputs = new InputPlanner(bench);
    List<List<Edge>> upstream = new ArrayList<>(graph.size());
    List<List<Edge>> downstream = new ArrayList<>(graph.size());
    for (int i = 0; i < graph.size(); i++) {
      upstream.add(new ArrayList<>(graph.above(i).length));
      downstream.add(new ArrayList<>(2));
    }
    for (int i = 0; i < graph.size(); i++) {
      for (int above : graph.above(i)) {
        boolean oneToOne = fans.oneToOne(above, i);
        upstream.get(i).add(new Edge(above, oneToOne));
        downstream.get(above).add(new Edge(i, oneToOne));
      }
    }
    List<PlannedStep> steps = new ArrayList<>(graph.size());
    for (int i = 0; i < graph.size(); i++) {
      checkExecutor(graph.step(i));
      checkSupported(graph.step(i));
      steps.add(new StepPlanner(bench, i).plan(upstream.get(i), downstream.get(i), inputs));
    }
    checkAvailable(graph);
    return steps;
  }

  private ValueType paramTypes() {
    Map<String, ValueType> types = new HashMap<>();
    for (Param param : pipeline.params().values()) {
      types.put(
          param.name(),
          switch (param.type()) {
            case STRING -> Simple.STRING;
            case INTEGER -> Simple.INTEGER;
            case NUMBER -> Simple.NUMBER;
            case BOOLEAN -> Simple.BOOLEAN;
            case FILE, JSON -> Simple.ANY;
          });
    }
    return new Members(types);
  }

  /** What the document can say and this engine cannot do yet is refused: ignored, it would lie. */
  private void checkSupported(Step step) {
    if (!step.workers().isEmpty()) {
      problems.add(
          "not-supported",
          Place.written(pipeline, step, "workers"),
          "this version runs everything on this machine; remove \"workers\"");
    }
  }

  private void checkExecutor(Step step) {
    String executor = step.executor();
    ExecutorOffer offer = request.executors().get(executor);
    ImageUse use = offer == null ? null : offer.images();
    if (offer == null || use == null) {
      String known = String.join(", ", new TreeSet<>(request.executors().keySet()));
      problems.add(
          "unknown-executor",
          Place.written(pipeline, step, "executor"),
          "there is no executor \""
              + executor
              + "\""
              + Nearest.hint(executor, request.executors().keySet())
              + "; installed are: "
              + known);
    } else if (use == ImageUse.NONE && step.image() != null) {
      problems.add(
          "image-unused",
          Place.written(pipeline, step, "image"),
          "the executor \"" + executor + "\" takes no image; remove it, or name another executor");
    } else if (use == ImageUse.REQUIRED && step.image() == null) {
      problems.add(
          "image-missing",
          Place.of(step),
          "the executor \"" + executor + "\" needs an image; add \"image\"");
    } else {
      checkContainer(step, offer);
    }
  }

  private void checkContainer(Step step, ExecutorOffer offer) {
    String place = Place.written(pipeline, step, "container");
    if (offer.images() == ImageUse.NONE) {
      if (place.startsWith(Place.of(step) + "/")) {
        problems.add(
            "container-unused",
            place,
            "the executor \"" + step.executor() + "\" uses no container; remove \"container\"");
      }
      return;
    }
    offer
        .objections(step.container())
        .forEach(objection -> problems.add("not-allowed", place, objection));
    boolean salted = !step.cache().salt().isEmpty();
    if (!step.container().mounts().isEmpty()
        && step.cache().mode() != CacheSpec.Mode.OFF
        && !salted) {
      problems.add(
          "mounts-cached",
          place,
          "what is in \"mounts\" is not known to the cache, so that a change there would go unseen;"
              + " write \"cache\": \"off\", or a \"salt\" in \"cache\" that you change with it");
    }
  }

  /** Says once for each executor that cannot run steps now which steps ask for it. */
  private void checkAvailable(StepGraph graph) {
    Map<String, List<Step>> users = new TreeMap<>();
    for (int i = 0; i < graph.size(); i++) {
      Step step = graph.step(i);
      users.computeIfAbsent(step.executor(), name -> new ArrayList<>()).add(step);
    }
    users.forEach(
        (executor, steps) -> {
          ExecutorOffer offer = request.executors().get(executor);
          Optional<String> reason = offer == null ? Optional.empty() : offer.unavailable();
          if (reason.isPresent()) {
            String ids = String.join(", ", steps.stream().map(Step::id).toList());
            problems.add(
                "executor-unavailable",
                Place.written(pipeline, steps.getFirst(), "executor"),
                (steps.size() == 1 ? "step " : "steps ")
                    + ids
                    + " cannot run on the executor \""
                    + executor
                    + "\": "
                    + reason.get());
          }
        });
  }
}
