package dev.millrace.runtime;

import dev.millrace.executor.ExecutionRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;

/**
 * An attempt whose command runs on this machine, for those who want to see what it writes. Safe for
 * use by many threads.
 */
public final class LiveAttempt {
  private final int number;
  private final ExecutionRequest request;
  private final List<String> secrets;
  private volatile boolean over;

  LiveAttempt(int number, ExecutionRequest request, Collection<String> secrets) {
    this.number = number;
    this.request = request;
    this.secrets = List.copyOf(secrets);
  }

  /** Returns the attempt's number, from 1. */
  public int number() {
    return number;
  }

  /** Must be called before anybody else may write its files. */
  void end() {
    over = true;
  }

  /**
   * Copies what the attempt writes, with secrets masked, until it has ended.
   *
   * @param stderr or else stdout
   * @param follow whether to wait for more than there is now
   * @param idle is called before each wait, and when nothing more comes
   * @return how many bytes were written: so many of the stored log are known
   * @throws IOException if {@code out} fails
   */
  public long copy(boolean stderr, boolean follow, OutputStream out, Runnable idle)
      throws IOException {
    return LiveText.copy(
        stderr ? request.stderr() : request.stdout(), () -> !over, follow, secrets, out, idle);
  }
}
