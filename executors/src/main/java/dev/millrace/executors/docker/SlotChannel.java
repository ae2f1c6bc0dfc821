package dev.millrace.executors.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the process 1 of a slot: lines to its stdin, lines from its stdout. Only the line that
 * is waited for counts, since a step can write to its runner's stdout too, and as much as it likes.
 */
final class SlotChannel extends ResultCallback.Adapter<Frame> {

  /** What comes from a runner is shorter. */
  private static final int LONGEST_LINE = 500;

  private final Input input = new Input();
  private final StringBuilder line = new StringBuilder();
  private String awaited = "";
  private @Nullable CompletableFuture<Optional<String>> answer;
  private boolean ended;

  /** Returns what is to be connected to the container's stdin. */
  InputStream input() {
    return input;
  }

  /**
   * Waits for a line that begins with a word, which is not to be waited for before it is sent for.
   *
   * @return what completes with the line, or with nothing when the container has ended
   */
  synchronized CompletableFuture<Optional<String>> expect(String word) {
    CompletableFuture<Optional<String>> expected = new CompletableFuture<>();
    awaited = word;
    answer = expected;
    if (ended) {
      answer(Optional.empty());
    }
    return expected;
  }

  /** Tells whether the container can be talked to, as far as is known. */
  synchronized boolean isOpen() {
    return !ended;
  }

  /** Sends a line. */
  void send(String text) {
    input.lines.add((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void onNext(Frame frame) {
    if (frame.getStreamType() == StreamType.STDOUT) {
      for (byte each : frame.getPayload()) {
        if (each == '\n') {
          received(line.toString());
          line.setLength(0);
        } else if (line.length() < LONGEST_LINE) {
          line.append((char) (each & 0xff));
        }
      }
    }
  }

  private synchronized void received(String text) {
    if (answer != null && text.startsWith(awaited)) {
      answer(Optional.of(text));
    }
  }

  @Override
  public void onError(Throwable failure) {
    end();
    super.onError(failure);
  }

  @Override
  public void onComplete() {
    end();
    super.onComplete();
  }

  /** Ends the container's stdin, after which it ends by itself. */
  void end() {
    input.lines.add(Input.END);
    synchronized (this) {
      ended = true;
      answer(Optional.empty());
    }
  }

  private void answer(Optional<String> text) {
    CompletableFuture<Optional<String>> expected = answer;
    answer = null;
    if (expected != null) {
      expected.complete(text);
    }
  }

  /** The lines that were sent; a read returns what there is as soon as there is any. */
  private static final class Input extends InputStream {
    static final byte[] END = {};
    private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();
    private byte[] current = END;
    private int position;
    private boolean over;

    @Override
    public int read() {
      byte[] single = new byte[1];
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (position == current.length && !next()) {
        return -1;
      }
      int count = Math.min(length, current.length - position);
      System.arraycopy(current, position, target, offset, count);
      position += count;
      return count;
    }

    private boolean next() {
      if (!over) {
        try {
          current = lines.take();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          current = END;
        }
        position = 0;
        over = current.length == 0;
      }
      return !over;
    }
  }
}
