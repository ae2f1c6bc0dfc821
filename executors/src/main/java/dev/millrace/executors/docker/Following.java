package dev.millrace.executors.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.WaitResponse;
import dev.millrace.executors.docker.AttemptContainer.State;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Follows a container that was started to its end, and its output to the last byte.
 *
 * <p>The end is waited for while the command runs, so that it is noticed if the Docker Engine goes
 * away meanwhile. It is then asked again when it is back. Unless it is set to leave containers
 * alone ({@code live-restore}), its restart ends them: what has ended meanwhile has an exit code
 * that says nothing about the step. Where output may be lacking, the Docker Engine's own record of
 * it is read.
 */
final class Following implements AutoCloseable {

  private final AttemptContainer container;
  private final AttemptLogs logs;
  private final Duration absence;
  private final AtomicBoolean exited = new AtomicBoolean();
  private EngineStream<WaitResponse> end;
  private @Nullable String lost;
  private boolean unanswered;

  /**
   * Begins to wait for the end.
   *
   * @param absence how long a Docker Engine that went away is waited for
   */
  Following(AttemptContainer container, AttemptLogs logs, Duration absence) {
    this.container = container;
    this.logs = logs;
    this.absence = absence;
    end = awaitExit();
  }

  private EngineStream<WaitResponse> awaitExit() {
    return container.await(response -> exited.set(response.getStatusCode() != null));
  }

  AttemptContainer container() {
    return container;
  }

  AttemptLogs logs() {
    return logs;
  }

  /** Returns why nothing can be said about the end. */
  String lost(String address) {
    return "the Docker Engine at %s went away while the step ran, %s: see that it is not restarted under running steps; a Docker Engine with \"live-restore\" keeps containers over a restart"
        .formatted(address, lost);
  }

  /** Tells whether it may still run: nothing that was asked for has been answered. */
  boolean mayStillRun() {
    return unanswered;
  }

  /**
   * Waits for the end.
   *
   * @param output follows the output from its first byte, or null where nothing does yet
   * @return how it ended, or null if it is lost
   * @throws IOException if the output cannot be written, or not be had
   */
  @Nullable State toEnd(@Nullable EngineStream<Frame> output)
      throws InterruptedException, IOException {
    boolean whole = output != null && isWhole(output);
    if (output == null) {
      whole = read(true);
    }
    while (!hasEnded()) {
      if (!isFoundAgain()) {
        return null;
      }
      end.close();
      end = awaitExit();
      whole = false;
      boolean _ = read(true);
    }
    // What is followed by the record may lack its last lines.
    if ((!whole || output == null) && !read(false)) {
      throw new IOException("the Docker Engine's record of the step's output cannot be read");
    }
    State state = lookAgain();
    if (state == null) {
      unanswered();
    }
    return state;
  }

  /** As {@link #toEnd}, when the Docker Engine went away before it said that it had started. */
  @Nullable State toEndAfterAbsence() throws InterruptedException, IOException {
    return isFoundAgain() ? toEnd(null) : null;
  }

  private boolean isFoundAgain() throws InterruptedException {
    State state = lookAgain();
    if (state == null) {
      unanswered();
    } else if (!state.running()) {
      lost = "and the step was ended with it";
    }
    return state != null && state.running();
  }

  private void unanswered() {
    lost = "and cannot be asked about it";
    unanswered = true;
  }

  private boolean hasEnded() throws InterruptedException {
    return end.awaitEnd() == null && exited.get();
  }

  /** Reads the Docker Engine's record of the output, behind what is written already. */
  private boolean read(boolean follow) throws InterruptedException, IOException {
    logs.again();
    try (EngineStream<Frame> record = container.logs(follow, logs::accept)) {
      return isWhole(record);
    }
  }

  private boolean isWhole(EngineStream<Frame> output) throws InterruptedException, IOException {
    Throwable broken = output.awaitEnd();
    logs.throwFailure();
    return broken == null;
  }

  private @Nullable State lookAgain() throws InterruptedException {
    return lookAgain(container, absence);
  }

  /**
   * Asks how a container is.
   *
   * @param absence how long a Docker Engine that does not answer is waited for
   * @return null if it is not there, or cannot be asked for
   */
  static @Nullable State lookAgain(AttemptContainer container, Duration absence)
      throws InterruptedException {
    Deadline deadline = Deadline.in(absence);
    do {
      try {
        return container.inspect();
      } catch (RuntimeException e) {
        if (EngineAnswer.isNotFound(e)) {
          return null;
        }
      }
    } while (deadline.awaitNext());
    return null;
  }

  @Override
  public void close() {
    end.close();
  }
}
