package dev.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What an attempt has written so far, and what it writes as long as it runs.
 *
 * <p>The file may be the next attempt's as soon as this one has ended, so only what is read while
 * the attempt still runs is surely its own. The rest is in the store when its end is recorded.
 */
final class GrowingText extends InputStream {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final InputStream in;
  private final RunningAttempt attempt;
  private final boolean follow;
  private final Runnable idle;

  /** There is no more to read here: the attempt has ended, or nobody wants to wait for more. */
  static final class Over extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param follow whether to wait for more
   * @param idle is called before each wait
   */
  GrowingText(Path file, RunningAttempt attempt, boolean follow, Runnable idle) throws IOException {
    in = Files.newInputStream(file);
    this.attempt = attempt;
    this.follow = follow;
    this.idle = idle;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Never returns -1: the end is an {@link Over}, so that nobody takes it for the text's. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (length > 0) {
      int read = in.read(bytes, offset, length);
      if (!attempt.isAlive() || (read <= 0 && !follow)) {
        throw new Over();
      }
      if (read > 0) {
        return read;
      }
      idle.run();
      LockSupport.parkNanos(POLL_NANOS);
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
