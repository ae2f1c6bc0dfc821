package dev.millrace.journal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list.
 *
 * @param pipeline only runs of that pipeline, or null for all
 * @param status only runs of that status, or null for all
 * @param labels only runs that have all of these
 * @param before only runs older than the run of this id (the cursor), or null to start at the
 *     newest
 * @param from only that run and newer ones, or null for all; need not be the id of a run
 * @param limit at most so many
 */
public record RunQuery(
    @Nullable String pipeline,
    @Nullable String status,
    Map<String, String> labels,
    @Nullable String before,
    @Nullable String from,
    int limit) {

  public RunQuery {
    labels = Map.copyOf(labels);
  }

  /** Makes a query without an oldest run. */
  public RunQuery(
      @Nullable String pipeline,
      @Nullable String status,
      Map<String, String> labels,
      @Nullable String before,
      int limit) {
    this(pipeline, status, labels, before, null, limit);
  }

  /** Returns a query for the newest runs. */
  public static RunQuery newest(int limit) {
    return new RunQuery(null, null, Map.of(), null, limit);
  }

  /** Returns the same query with another limit. */
  public RunQuery withLimit(int newLimit) {
    return new RunQuery(pipeline, status, labels, before, from, newLimit);
  }

  /** Returns the same query for what comes after that run in the listing. */
  public RunQuery after(RunRecord run) {
    return new RunQuery(pipeline, status, labels, run.id(), from, limit);
  }
}
