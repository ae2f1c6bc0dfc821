package dev.millrace.automation;

import dev.millrace.json.JsonObject;
import dev.millrace.pipeline.Problem;
import java.util.List;
import java.util.Map;

/**
 * What is to be run.
 *
 * @param pipeline the reference of a registered pipeline, {@code name} or {@code name@version}
 * @param params where its parameters come from
 * @param labels of each run, besides those that say where it comes from
 * @param overlap what if one still runs
 */
record Target(String pipeline, Filling params, Map<String, String> labels, Overlap overlap) {
  Target {
    labels = Map.copyOf(labels);
  }

  static Target read(JsonObject spec, List<Problem> problems) {
    return new Target(
        Read.text(spec, "pipeline", ""),
        Filling.read(spec, problems),
        Read.textMap(spec, "labels"),
        Overlap.of(Read.text(spec, "overlap", "allow")));
  }

  /** Returns what is wrong with it apart from its form. */
  List<Problem> check(Launcher launcher) {
    return launcher.check(pipeline, params.constants(), params.open(), labels);
  }
}
