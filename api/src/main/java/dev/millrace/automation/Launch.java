package dev.millrace.automation;

import dev.millrace.json.JsonValue;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run that is to be started once.
 *
 * @param cause names what it is started for: of two launches with the same cause, one is a run. It
 *     is the label {@value #CAUSE} of the run, so both are durable in one commit
 * @param by who is answerable: the name of the token that set up what starts it
 * @param pipeline the reference of a registered pipeline
 * @param params all that are given
 * @param labels of the run, without those that this class names
 * @param origin the label that all runs of the same schedule or trigger have
 * @param overlap what if one of those still runs
 */
public record Launch(
    String cause,
    String by,
    String pipeline,
    Map<String, JsonValue> params,
    Map<String, String> labels,
    Map.Entry<String, String> origin,
    Overlap overlap) {
  /** The label that holds the cause. */
  public static final String CAUSE = "cause";

  /** The label with the name of the schedule. */
  public static final String SCHEDULE = "schedule";

  /** The label with the instant for which a schedule started the run. */
  public static final String SCHEDULED_FOR = "scheduled-for";

  /** The label with the name of the trigger. */
  public static final String TRIGGER = "trigger";

  /** The label with the run whose event started this one. */
  public static final String CAUSED_BY = "caused-by";

  /** The label that counts how many runs led to this one by events. */
  public static final String DEPTH = "cause-depth";

  public Launch {
    params = new TreeMap<>(params);
    labels = Map.copyOf(labels);
  }
}
