package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The labels of containers: by them people see whose they are, and a later engine finds its own.
 * Containers have no names of ours: a name can be taken.
 */
final class Labels {

  /** {@link EngineState#id}. */
  static final String ENGINE = "dev.millrace.engine";

  /** The run that it belongs to. */
  static final String RUN = "dev.millrace.run";

  /** The number of the task in its run. */
  static final String TASK = "dev.millrace.task";

  /** {@link ExecutionRequest#attemptId}. */
  static final String ATTEMPT = "dev.millrace.attempt";

  /** {@link ExecutionRequest#workingDirectory}. */
  static final String SANDBOX = "dev.millrace.sandbox";

  /** The id of the slot that it is. */
  static final String SLOT = "dev.millrace.slot";

  private static final String SEPARATOR = "/";

  private Labels() {}

  /** Returns the run of an attempt; the whole id where it names none. */
  static String runOf(String attemptId) {
    return attemptId.split(SEPARATOR, 2)[0];
  }

  /** Returns the labels of a container that is one attempt's alone. */
  static Map<String, String> ofAttempt(String engineId, ExecutionRequest request) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(ENGINE, engineId);
    String[] parts = request.attemptId().split(SEPARATOR, 3);
    labels.put(RUN, parts[0]);
    if (parts.length > 1) {
      labels.put(TASK, parts[1]);
    }
    labels.put(ATTEMPT, request.attemptId());
    labels.put(SANDBOX, request.workingDirectory().toString());
    return labels;
  }

  /** Returns the labels of a container that serves attempts of one run. */
  static Map<String, String> ofSlot(String engineId, String run, String slotId) {
    return Map.of(ENGINE, engineId, RUN, run, SLOT, slotId);
  }
}
