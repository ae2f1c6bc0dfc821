package dev.millrace.runtime;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.Step;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Plans of runs that were accepted before. */
final class Replanning {
  private Replanning() {}

  /**
   * Plans again what was planned before; which files and executors there are now does not matter.
   */
  static Plan plan(Submission submission) throws IOException {
    Pipeline pipeline =
        switch (PipelineParser.parse(submission.document())) {
          case PipelineParser.Parsed(var parsed) -> parsed;
          case PipelineParser.Rejected(var problems, _) ->
              throw new IOException("the run's document is of another version: " + problems);
        };
    Map<String, ExecutorOffer> executors = new HashMap<>();
    for (Step step : pipeline.steps().values()) {
      executors.put(step.executor(), ExecutorOffer.of(ImageUse.OPTIONAL));
    }
    Map<String, String> typed = new HashMap<>();
    Map<String, JsonValue> values = new HashMap<>(submission.params());
    for (Param param : pipeline.params().values()) {
      // A path that was typed may be any; as JSON it would have to lie beside the document.
      if (values.get(param.name()) instanceof JsonObject file
          && param.type() == Param.Type.FILE
          && file.get("path") instanceof JsonString(String path)) {
        values.remove(param.name());
        typed.put(param.name(), path);
      }
    }
    PlanRequest request = new PlanRequest(pipeline, typed, values, executors, PathProbe.ANY);
    return switch (Planner.plan(request)) {
      case Planned.Ok(var plan) -> plan;
      case Planned.Refused(var problems) ->
          throw new IOException("the run's document is of another version: " + problems);
    };
  }
}
