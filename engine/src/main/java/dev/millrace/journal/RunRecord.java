package dev.millrace.journal;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is listed of a run.
 *
 * @param id sorts by the time of submission
 * @param pipeline name of the pipeline
 * @param submissionDigest text form of the digest of all that was submitted: equal submissions have
 *     equal digests
 * @param submitted when it was accepted
 * @param labels the user's, for searching
 * @param summary how it stands
 */
public record RunRecord(
    String id,
    String pipeline,
    String submissionDigest,
    Instant submitted,
    Map<String, String> labels,
    Summary summary) {

  public RunRecord {
    labels = Map.copyOf(labels);
  }

  /**
   * How a run stands.
   *
   * @param status {@code running}, {@code succeeded}, {@code failed}, {@code cancelled}
   * @param counts number of tasks by status, as one JSON object
   * @param finished when it ended, or null while it has not
   */
  public record Summary(String status, String counts, @Nullable Instant finished) {}

  /** Returns this record with another summary. */
  public RunRecord with(Summary newSummary) {
    return new RunRecord(id, pipeline, submissionDigest, submitted, labels, newSummary);
  }
}
