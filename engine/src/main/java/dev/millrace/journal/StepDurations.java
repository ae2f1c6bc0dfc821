package dev.millrace.journal;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * How long the tasks of each step took in earlier runs, for the order in which a scheduler starts
 * them. A service provider interface; its compatibility suite is {@code StepDurationsTck}.
 *
 * <ul>
 *   <li>The mean MUST be weighted exponentially: a step's first record is its mean, and each later
 *       one moves it by {@link #WEIGHT} of the difference. So a step that has become faster is
 *       believed to be after some runs.
 *   <li>Records of one pipeline MUST NOT change the means of another.
 *   <li>When the stage of {@link #record} completes normally, the record MUST be durable. Nobody
 *       has to wait for it: a record that is lost makes an estimate worse.
 *   <li>All methods MUST be safe to call from any thread.
 * </ul>
 */
public interface StepDurations {
  /** How much of the difference a record moves the mean. */
  double WEIGHT = 0.3;

  /**
   * Returns the means, in milliseconds, by step; empty if nothing was recorded.
   *
   * @param pipeline its name
   */
  Map<String, Long> averageMillis(String pipeline);

  /**
   * Records durations.
   *
   * @param pipeline its name
   * @param millisByStep how long a task of the step took, in milliseconds; once a run
   */
  CompletionStage<Void> record(String pipeline, Map<String, Long> millisByStep);
}
