package dev.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A node of the graph as written, complete: what the document's defaults say is merged in.
 *
 * @param id unique in the pipeline
 * @param description for people, empty where none is written
 * @param command what is run
 * @param executor name of the executor that runs it
 * @param image template text of the image it runs in, or null
 * @param container how its container is to be, where it runs in one
 * @param inputs by name
 * @param outputs by name
 * @param needs ids of steps that come before this one without giving it data, without duplicates
 * @param expansion into how many tasks, and which
 * @param when expression (bare, or all of it in <code>${{ }}</code>) that must be true for the step
 *     to run, or null
 * @param on what the steps upstream must have come to
 * @param retry what happens after a failed attempt
 * @param timeout of one attempt, positive, or null for none
 * @param resources what one attempt uses
 * @param cache how earlier results are used
 * @param env declared variables: template texts by name
 * @param secrets names of secrets by the variable that receives them
 * @param priority among ready tasks, higher first, 0 by default
 * @param pool the named concurrency limit that it counts against, or null
 * @param workers labels that a worker must have, with their values
 * @param approval whether each task waits for a person's yes
 */
public record Step(
    String id,
    String description,
    Command command,
    String executor,
    @Nullable String image,
    ContainerSpec container,
    SequencedMap<String, InputSpec> inputs,
    SequencedMap<String, OutputSpec> outputs,
    List<String> needs,
    Expansion expansion,
    @Nullable String when,
    TriggerRule on,
    Retry retry,
    @Nullable Duration timeout,
    ResourceSpec resources,
    CacheSpec cache,
    SequencedMap<String, String> env,
    SequencedMap<String, String> secrets,
    int priority,
    @Nullable String pool,
    SequencedMap<String, String> workers,
    boolean approval) {

  /** The executor of a step that names none. */
  public static final String DEFAULT_EXECUTOR = "local";

  public Step {
    inputs = Ordered.copy(inputs);
    outputs = Ordered.copy(outputs);
    needs = List.copyOf(needs);
    env = Ordered.copy(env);
    secrets = Ordered.copy(secrets);
    workers = Ordered.copy(workers);
  }
}
