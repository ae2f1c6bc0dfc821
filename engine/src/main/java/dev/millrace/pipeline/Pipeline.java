package dev.millrace.pipeline;

import dev.millrace.json.JsonObject;
import java.util.SequencedMap;

/**
 * A parsed document. Each part is well-formed; whether the parts fit together (references, cycles,
 * expressions) is the planner's question.
 *
 * @param name of the pipeline
 * @param description for people, empty where none is written
 * @param params by name
 * @param steps by id, with the document's defaults merged in
 * @param outputs by name
 * @param source the document itself, for storage and identity: parsing it again gives this pipeline
 */
public record Pipeline(
    String name,
    String description,
    SequencedMap<String, Param> params,
    SequencedMap<String, Step> steps,
    SequencedMap<String, PipelineOutput> outputs,
    JsonObject source) {

  /** The version of the document's form that this build reads. */
  public static final int VERSION = 1;

  public Pipeline {
    params = Ordered.copy(params);
    steps = Ordered.copy(steps);
    outputs = Ordered.copy(outputs);
  }
}
