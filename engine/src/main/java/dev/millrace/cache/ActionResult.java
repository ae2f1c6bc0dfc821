package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a successful attempt left.
 *
 * @param outputs by declared name; optional ones that were not made are absent
 * @param metrics all numbers of the outputs of kind {@code metrics}, by name; nested names are
 *     joined with dots
 * @param exitCode of the command, 0
 * @param stdout digest of the masked text
 * @param stderr digest of the masked text
 * @param producer who made it
 * @param finished when the attempt ended
 * @param usage what it used
 */
public record ActionResult(
    SortedMap<String, Artifact> outputs,
    SortedMap<String, Double> metrics,
    int exitCode,
    Digest stdout,
    Digest stderr,
    Producer producer,
    Instant finished,
    ResourceUsage usage) {

  public ActionResult {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
  }

  /**
   * The attempt that made a result.
   *
   * @param run id of the run
   * @param task name of the task, such as {@code train[depth=4]}
   * @param attempt number of the attempt, from 1
   * @param worker where it ran
   */
  public record Producer(String run, String task, int attempt, String worker) {}
}
