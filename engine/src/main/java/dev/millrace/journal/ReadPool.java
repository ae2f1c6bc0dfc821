package dev.millrace.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** A few connections for reading, opened as they are needed. Readers never wait for the writer. */
final class ReadPool implements AutoCloseable {
  private static final int LARGEST = 4;

  private final Opening opening;
  private final String database;
  private final Semaphore permits = new Semaphore(LARGEST);
  private volatile boolean closed;
  private final ConcurrentLinkedDeque<Statements> idle = new ConcurrentLinkedDeque<>();

  /** Makes a connection that cannot write. */
  @FunctionalInterface
  interface Opening {
    Statements open() throws SQLException;
  }

  ReadPool(Opening opening, String database) {
    this.opening = opening;
    this.database = database;
  }

  /**
   * Runs a read that must not start another one.
   *
   * @throws UncheckedIOException if the database cannot be read
   */
  <T> T read(Read<T> read) {
    permits.acquireUninterruptibly();
    try {
      if (closed) {
        throw new UncheckedIOException(new IOException(database + " is closed"));
      }
      Statements free = idle.poll();
      Statements statements = free != null ? free : opening.open();
      boolean sound = false;
      try {
        T answer = read.run(statements);
        sound = true;
        return answer;
      } finally {
        if (sound) {
          idle.push(statements);
        } else {
          statements.close();
        }
      }
    } catch (SQLException e) {
      throw new UncheckedIOException(
          new IOException(database + " cannot be read: " + e.getMessage(), e));
    } finally {
      permits.release();
    }
  }

  @Override
  public void close() {
    permits.acquireUninterruptibly(LARGEST);
    closed = true;
    for (Statements free = idle.poll(); free != null; free = idle.poll()) {
      try {
        free.close();
      } catch (SQLException e) {
        // A reader has nothing to lose.
      }
    }
    permits.release(LARGEST);
  }
}
