package dev.millrace.plan;

import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import java.util.Map;

/**
 * What a plan is made from.
 *
 * @param pipeline the parsed document
 * @param typed parameters as typed on a command line, by name: read as their types say. A file is a
 *     path, absolute or relative to the document's directory, or {@code sha256:<hex>/<size>}
 * @param values parameters as JSON, by name; these win over {@code typed}
 * @param executors the installed executors by name
 * @param paths which files exist
 */
public record PlanRequest(
    Pipeline pipeline,
    Map<String, String> typed,
    Map<String, JsonValue> values,
    Map<String, ExecutorOffer> executors,
    PathProbe paths) {

  public PlanRequest {
    typed = Map.copyOf(typed);
    values = Map.copyOf(values);
    executors = Map.copyOf(executors);
  }
}
