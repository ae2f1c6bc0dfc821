package dev.millrace.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Where the log goes. Lines wait in a queue for a thread that writes them: whoever reads stderr may
 * be slow or stuck, and the engine must not be. When the queue is full, lines are dropped and
 * counted.
 *
 * <p>It is the handler of the JDK's logging, where also Vert.x, Netty and everything that uses
 * System.Logger or SLF4J arrives.
 */
public final class LogOutput extends Handler implements AutoCloseable {
  private static final int QUEUE = 8_192;
  private static final long LONGEST_FLUSH_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final LogForm form;
  private final OutputStream out;
  private final BlockingQueue<LogRecord> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  private LogOutput(LogForm form, OutputStream out) {
    this.form = form;
    this.out = out;
    setFormatter(form.formatter());
    Thread.ofPlatform().daemon().name("millrace-log").start(this::write);
  }

  /**
   * Has everything that this process logs go to a stream from now on.
   *
   * @param out not closed
   */
  public static LogOutput install(LogForm form, OutputStream out) {
    // Before anything asks for SLF4J: there are two to choose from, and one of them is silent.
    System.setProperty("slf4j.provider", "org.slf4j.jul.JULServiceProvider");
    LogOutput output = new LogOutput(form, out);
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(output);
    return output;
  }

  @Override
  public void publish(LogRecord record) {
    if (!isLoggable(record)) {
      return;
    }
    accepted.incrementAndGet();
    if (!queue.offer(record)) {
      accepted.decrementAndGet();
      dropped.incrementAndGet();
    }
  }

  private void write() {
    long told = 0;
    while (true) {
      try {
        LogRecord next = queue.take();
        long now = dropped.get();
        if (now > told) {
          print(new LogRecord(Level.WARNING, (now - told) + " lines of this log were dropped"));
          told = now;
        }
        print(next);
        written.incrementAndGet();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void print(LogRecord record) {
    if (record.getLoggerName() == null) {
      record.setLoggerName("dev.millrace.log");
    }
    try {
      out.write(line(record).getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      // Nobody reads it any more.
    }
  }

  private String line(LogRecord record) {
    try {
      return getFormatter().format(record);
    } catch (RuntimeException e) {
      return form.line(record, "a line could not be written: " + e, null);
    }
  }

  /** Returns how many lines were dropped so far. */
  public long dropped() {
    return dropped.get();
  }

  /** Waits until what was logged before is written, but not for long. */
  @Override
  public void flush() {
    long target = accepted.get();
    long deadline = System.nanoTime() + LONGEST_FLUSH_NANOS;
    while (written.get() < target && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Logs nothing more, once what was logged before is written. */
  @Override
  public void close() {
    flush();
    Logger.getLogger("").removeHandler(this);
  }
}
