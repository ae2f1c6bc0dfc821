package dev.millrace.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What an attempt has written so far, and what it writes as long as it runs.
 *
 * <p>The file may be the next attempt's as soon as this one has ended, so only what is read while
 * the attempt still runs is surely its own. The rest is in the store when its end is recorded.
 */
public final class LiveText {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private LiveText() {}

  /**
   * Copies a text, with secrets masked. What is copied is the beginning of what will be stored when
   * the attempt has ended.
   *
   * @param running whether the attempt still runs
   * @param follow whether to wait for more, until it does not
   * @param secrets values that must not be seen
   * @param idle is called before each wait, and when nothing more comes
   * @return how many bytes were written
   * @throws IOException if {@code out} or the file fails; not for a file that does not exist
   */
  public static long copy(
      Path file,
      BooleanSupplier running,
      boolean follow,
      Collection<String> secrets,
      OutputStream out,
      Runnable idle)
      throws IOException {
    Counting counting = new Counting(out);
    try (Growing text = new Growing(file, running, follow, idle)) {
      SecretMask.copy(text, counting, secrets);
    } catch (Over | NoSuchFileException e) {
      idle.run();
    }
    return counting.count;
  }

  /** There is no more to read here: the attempt has ended, or nobody wants to wait for more. */
  private static final class Over extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Growing extends InputStream {
    private final InputStream in;
    private final BooleanSupplier running;
    private final boolean follow;
    private final Runnable idle;

    Growing(Path file, BooleanSupplier running, boolean follow, Runnable idle) throws IOException {
      in = Files.newInputStream(file);
      this.running = running;
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
        if (!running.getAsBoolean() || (read <= 0 && !follow)) {
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

  private static final class Counting extends OutputStream {
    private final OutputStream out;
    private long count;

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }
  }
}
