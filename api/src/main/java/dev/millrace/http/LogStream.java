package dev.millrace.http;

import dev.millrace.content.ContentStore;
import dev.millrace.http.LogOperations.Look;
import dev.millrace.http.LogOperations.Nowhere;
import dev.millrace.http.LogOperations.Running;
import dev.millrace.http.LogOperations.Stored;
import dev.millrace.http.LogOperations.Wanted;
import dev.millrace.json.CanonicalWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt writes, as server-sent events, from the beginning or from where the reader was
 * interrupted, until the attempt has ended. An event's id is the attempt and how many bytes of its
 * text are known with it. Runs on a thread of its own.
 */
final class LogStream implements Runnable {
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long IDLE_MILLIS = 500;
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LogOperations logs;
  private final ContentStore store;
  private final Events events;
  private Wanted wanted;

  /** Where a reader was interrupted. */
  record Position(int attempt, long offset) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}):([0-9]{1,18})");

    /** Reads an event's id; null where it is none of ours. */
    static @Nullable Position of(@Nullable String id) {
      Matcher matcher = FORM.matcher(id == null ? "" : id);
      return matcher.matches()
          ? new Position(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)))
          : null;
    }
  }

  /**
   * @param seen where the reader was interrupted, or null
   * @param out to the reader; closed at the end
   */
  LogStream(
      LogOperations logs,
      ContentStore store,
      Wanted wanted,
      @Nullable Position seen,
      OutputStream out) {
    this.logs = logs;
    this.store = store;
    this.wanted = seen == null ? wanted : wanted.ofAttempt(seen.attempt);
    events = new Events(out, seen == null ? 0 : seen.offset);
  }

  @Override
  public void run() {
    try {
      follow();
    } catch (IOException | UncheckedIOException e) {
      // Whoever was reading is gone, or is cut off and comes again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() throws IOException, InterruptedException {
    while (true) {
      long asked = System.nanoTime();
      Look look = logs.look(wanted);
      int attempt = look.found().attempt();
      switch (look.found()) {
        case Stored(_, var text) -> {
          events.begin(attempt);
          try (InputStream in = store.open(text)) {
            in.skipNBytes(Math.min(events.taken(), text.size()));
            in.transferTo(events);
          }
          events.end(attempt, look.status());
          return;
        }
        case Running(_, var live) -> {
          wanted = wanted.ofAttempt(attempt);
          events.begin(attempt);
          live.copy(wanted.stderr(), true, events.fromBeginning(), events::idle);
          // Its files may not be there yet, and no fact tells when they are.
          awaitNews(look, asked, IDLE_MILLIS);
        }
        case Nowhere(_, var settled) -> {
          if (settled) {
            events.end(attempt, look.status());
            return;
          }
          // Likewise of an attempt whose command does not run yet.
          awaitNews(look, asked, attempt > 0 ? IDLE_MILLIS : Long.MAX_VALUE);
        }
      }
    }
  }

  /**
   * Waits for the next fact, but not less than looking again may cost.
   *
   * @param mostMillis not longer than that either, where a fact alone does not tell
   */
  private void awaitNews(Look look, long asked, long mostMillis) throws InterruptedException {
    CountDownLatch news = new CountDownLatch(1);
    long cost = System.nanoTime() - asked;
    Runnable wake = news::countDown;
    boolean goesOn = logs.whenBeyond(wanted.run(), look.sequence(), wake);
    try {
      await(news, goesOn, cost, mostMillis);
    } finally {
      logs.forget(wanted.run(), wake);
    }
    events.idle();
  }

  private void await(CountDownLatch news, boolean going, long cost, long mostMillis)
      throws InterruptedException {
    boolean goesOn = going;
    new CountDownLatch(1)
        .await(
            Math.max(BETWEEN_LOOKS_NANOS, Math.min(cost * 4, HEARTBEAT_NANOS)),
            TimeUnit.NANOSECONDS);
    if (!goesOn) {
      new CountDownLatch(1).await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    }
    long patience = Math.min(HEARTBEAT_NANOS, TimeUnit.MILLISECONDS.toNanos(mostMillis));
    while (goesOn && !news.await(patience, TimeUnit.NANOSECONDS)) {
      events.idle();
      goesOn = mostMillis == Long.MAX_VALUE;
    }
  }

  /** Bytes in, events out. A character whose bytes are not all there yet waits for the rest. */
  private static final class Events extends OutputStream {
    private static final int MOST = 16 << 10;

    private final OutputStream out;
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(MOST);
    private final CharBuffer chars = CharBuffer.allocate(MOST);
    private long offset;
    private long skip;
    private int attempt;
    private long lastSent = System.nanoTime();

    Events(OutputStream out, long offset) {
      this.out = out;
      this.offset = offset;
    }

    void begin(int number) {
      attempt = number;
      skip = 0;
    }

    /** The text comes from its beginning: what was sent is left out. */
    OutputStream fromBeginning() {
      skip = taken();
      return this;
    }

    /** Returns how many bytes of the text were written here, or known to the reader before. */
    long taken() {
      return offset + bytes.position();
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int length) throws IOException {
      int skipped = (int) Math.min(skip, length);
      skip -= skipped;
      for (int at = skipped; at < length; ) {
        int taken = Math.min(bytes.remaining(), length - at);
        bytes.put(from, start + at, taken);
        at += taken;
        if (!bytes.hasRemaining()) {
          send(false);
        }
      }
    }

    private void send(boolean last) throws IOException {
      bytes.flip();
      int before = bytes.remaining();
      var _ = decoder.decode(bytes, chars, last);
      offset += before - bytes.remaining();
      bytes.compact();
      chars.flip();
      if (chars.hasRemaining()) {
        CanonicalWriter json = new CanonicalWriter().beginObject();
        json.name("text").value(chars.toString()).endObject();
        event("id: " + attempt + ":" + offset + "\ndata: " + json.toText());
      }
      chars.clear();
    }

    private void event(String lines) throws IOException {
      out.write((lines + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      lastSent = System.nanoTime();
    }

    /** Sends what there is; and a sign of life where there was nothing for long. */
    void idle() {
      try {
        send(false);
        if (System.nanoTime() - lastSent > HEARTBEAT_NANOS) {
          event(":");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void end(int number, String status) throws IOException {
      attempt = number;
      send(true);
      CanonicalWriter json = new CanonicalWriter().beginObject().name("attempt").value(number);
      json.name("status").value(status).endObject();
      event("event: end\nid: " + number + ":" + offset + "\ndata: " + json.toText());
      out.close();
    }
  }
}
