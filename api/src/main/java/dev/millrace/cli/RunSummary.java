package dev.millrace.cli;

import dev.millrace.content.Artifact;
import dev.millrace.run.Failure;
import dev.millrace.run.RunStatus;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param run its id
 * @param progress how far it came
 * @param wallMillis how long it took, this time
 * @param outputs of the pipeline, as far as they were made
 * @param failures of tasks, the first ones
 */
record RunSummary(
    String run,
    RunStatus status,
    Progress progress,
    long wallMillis,
    List<Output> outputs,
    List<FailedTask> failures) {

  /**
   * An output of the pipeline.
   *
   * @param path where it was put, or null where nothing is put after a run that did not succeed
   * @param content on one line, where it is a small JSON value
   */
  record Output(String name, Artifact artifact, @Nullable Path path, @Nullable String content) {}

  /**
   * A task that failed for good.
   *
   * @param attempt which one, 0 if there was none
   * @param tail the last lines that it wrote to stderr, or else to stdout
   */
  record FailedTask(String task, int attempt, Failure failure, List<String> tail) {
    FailedTask with(List<String> lines) {
      return new FailedTask(task, attempt, failure, lines);
    }
  }

  /** Returns whether nothing had to be run. */
  boolean isAllCached() {
    return status == RunStatus.SUCCEEDED
        && progress.cached() > 0
        && progress.cached() + progress.skipped() == progress.tasks();
  }

  /** Returns what the process tells its caller. */
  int exitCode() {
    return switch (status) {
      case SUCCEEDED -> ExitCode.OK;
      case FAILED, RUNNING -> ExitCode.FAILED;
      case CANCELLED -> ExitCode.CANCELLED;
    };
  }
}
