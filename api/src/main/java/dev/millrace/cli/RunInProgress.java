package dev.millrace.cli;

import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHandle;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run that goes on, in this process or elsewhere.
 *
 * @param done completes when it has ended
 * @param cancel asks for its end, by force where that is true; null where it is only watched
 */
record RunInProgress(
    RunStart start, CompletionStage<RunEnd> done, @Nullable Consumer<Boolean> cancel) {

  /** Returns a run of an engine in this process. */
  static RunInProgress of(RunHandle handle, String pipeline) {
    RunStart start =
        new RunStart(
            handle.id(), pipeline, handle.continued(), handle.tasksBefore(), handle.endedBefore());
    return new RunInProgress(start, handle.done(), handle::cancel);
  }
}
