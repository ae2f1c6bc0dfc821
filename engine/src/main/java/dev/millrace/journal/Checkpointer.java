package dev.millrace.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Copies the write-ahead log into the database beside the writer, on a connection and a thread of
 * its own. SQLite would have the writer do it, within the commit that makes the log long enough.
 *
 * <p>What the writer adds meanwhile is not copied, so a log that is written all the time would
 * never be copied whole and begun anew. The writer therefore still does what SQLite has it do at
 * {@link #LOG_PAGES}, which by then is a small rest.
 *
 * <p>Nothing depends on it: where it fails, the writer copies more.
 */
final class Checkpointer implements AutoCloseable {
  /** How long the log is when the writer copies what is left. Pages are of 4 KiB. */
  static final int LOG_PAGES = 16_000;

  /**
   * How long the log is before any of it is copied: a page that changes often is in it many times,
   * and copied once.
   */
  private static final int FIRST_PAGES = 6_000;

  /** As many pages are worth another look. */
  private static final int WORTH_PAGES = 500;

  private final Opening opening;
  private final AtomicBoolean copying = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("millrace-checkpointer").factory());
  private @Nullable Statements statements;

  /** How long the log was when a copy was begun. */
  private int last;

  /** Makes a connection that can write. */
  @FunctionalInterface
  interface Opening {
    Statements open() throws SQLException;
  }

  /**
   * @param opening called when there is something to copy for the first time
   */
  Checkpointer(Opening opening) {
    this.opening = opening;
  }

  /** Has the log copied if it is time. To be called by the writer, outside of a transaction. */
  void look(Statements writer) {
    if (copying.get()) {
      return;
    }
    try (ResultSet log = writer.of("PRAGMA wal_checkpoint(NOOP)").executeQuery()) {
      int pages = log.getInt(2);
      if (isDue(pages, log.getInt(3))) {
        last = pages;
        copying.set(true);
        thread.execute(this::copy);
      }
    } catch (SQLException | RuntimeException | Error e) {
      writer.forget();
      copying.set(false);
    }
  }

  /**
   * A copy that fails, or that a reader holds up, is tried again behind as many pages as are worth
   * it. When only the writer can get it done, it must not find a copy under way.
   */
  private boolean isDue(int pages, int copied) {
    return pages >= FIRST_PAGES
        && pages < LOG_PAGES
        && pages - copied >= WORTH_PAGES
        && (pages < last || pages - last >= WORTH_PAGES);
  }

  private void copy() {
    try {
      Statements open = statements;
      if (open == null) {
        open = opening.open();
        statements = open;
      }
      open.run("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException | RuntimeException | Error e) {
      closeConnection();
    } finally {
      copying.set(false);
    }
  }

  private void closeConnection() {
    try {
      if (statements != null) {
        statements.close();
      }
    } catch (SQLException e) {
      // It has nothing to lose.
    }
    statements = null;
  }

  @Override
  public void close() {
    thread.close();
    closeConnection();
  }
}
