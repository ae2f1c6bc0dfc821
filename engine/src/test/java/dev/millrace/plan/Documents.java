package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans documents that tests write with single quotes. */
final class Documents {

  static final Map<String, ExecutorOffer> EXECUTORS =
      Map.of(
          "local",
          ExecutorOffer.of(ImageUse.NONE),
          "docker",
          ExecutorOffer.of(ImageUse.REQUIRED),
          "worker",
          ExecutorOffer.of(ImageUse.OPTIONAL));

  private static final Set<String> MISSING = Set.of("missing.csv", "missing.py");

  private Documents() {}

  static Pipeline parse(String document) {
    PipelineParser.Result result = PipelineParser.parse(document.replace('\'', '"'));
    return assertInstanceOf(PipelineParser.Parsed.class, result, () -> "" + result).pipeline();
  }

  /** A document of these steps and nothing else. */
  static String steps(String steps) {
    return "{'version': 1, 'name': 'test', 'steps': {" + steps + "}}";
  }

  static Planned plan(String document, Map<String, String> typed, Map<String, JsonValue> values) {
    return Planner.plan(
        new PlanRequest(
            parse(document), typed, values, EXECUTORS, path -> !MISSING.contains(path)));
  }

  static Plan accepted(String document) {
    Planned planned = plan(document, Map.of(), Map.of());
    return assertInstanceOf(Planned.Ok.class, planned, () -> "" + planned).plan();
  }

  static Plan accepted(Pipeline pipeline) {
    Planned planned =
        Planner.plan(new PlanRequest(pipeline, Map.of(), Map.of(), EXECUTORS, PathProbe.ANY));
    return assertInstanceOf(Planned.Ok.class, planned, () -> "" + planned).plan();
  }

  static List<Problem> refused(String document) {
    Planned planned = plan(document, Map.of(), Map.of());
    return assertInstanceOf(Planned.Refused.class, planned).problems();
  }
}
