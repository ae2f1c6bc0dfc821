package dev.millrace.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * The one writer: a thread that takes all changes that are waiting, makes them in one transaction,
 * commits, and then completes their stages. While it waits for the disk, the next group gathers:
 * the cost of a commit is shared by as many changes as arrive during one (D. Gawlick, "Processing
 * 'hot spots' in high performance systems", 1985).
 *
 * <p>A change that fails by its own fault must not take its group along. To guard each with a
 * savepoint would cost two more statements for every change; refusals are rare, so the group is run
 * without any, and only when one of it fails the group is rolled back and run again with a
 * savepoint for each.
 *
 * <p>A change that nobody waits for is submitted lazily: it goes along with the next one that
 * somebody does wait for, or by itself after a moment. A commit costs a wait for the disk and a
 * page for each index it touches, so half the commits are half the cost. Nor does it wake the
 * thread, which for as long as that moment after each group looks by itself. Where the database
 * cannot be written, as on a full disk, a patient one of them stays the head of the queue: whatever
 * was submitted behind it is not committed before it.
 *
 * <p>Stages complete on the writer's thread, in the order of submission: what depends on them must
 * be short or move to another thread.
 */
final class GroupCommit implements AutoCloseable {
  /** Bounds how long the first change of a group waits for the last one. */
  private static final int LARGEST_GROUP = 1024;

  private static final long LAZY_NANOS = 20_000_000;
  private static final long RETRY_NANOS = 1_000_000_000;

  private final Statements statements;
  private final Path database;
  private final LogPreallocation log;
  private final Checkpointer checkpointer;
  private final CommitObserver observer;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private boolean urgent;
  private long lazyDeadline;
  private long lingerDeadline = System.nanoTime();
  private boolean dozing;
  private boolean closed;

  /**
   * @param statements on the connection that only this object uses from now on, and closes
   * @param database the file that they are of
   */
  GroupCommit(
      Statements statements, Path database, Checkpointer checkpointer, CommitObserver observer) {
    this.statements = statements;
    this.checkpointer = checkpointer;
    this.database = database;
    this.log = new LogPreallocation(database);
    this.observer = observer;
    this.thread = Thread.ofPlatform().daemon().name("millrace-writer").start(this::work);
  }

  /** Returns a stage that completes when the change is durable, or fails leaving nothing behind. */
  CompletableFuture<Void> submit(Write write) {
    return submit(write, Patience.NONE);
  }

  /** Does the same for a change that may wait a moment for others to go along with. */
  CompletableFuture<Void> submitLazily(Write write) {
    return submit(write, Patience.SOME);
  }

  /** Does the same for one that is not given up, either, while the database cannot be written. */
  CompletableFuture<Void> submitPatiently(Write write) {
    return submit(write, Patience.ALL);
  }

  private CompletableFuture<Void> submit(Write write, Patience patience) {
    boolean now = patience == Patience.NONE;
    Pending pending = new Pending(write, patience, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException(database + " is closed"));
      }
      if (queue.isEmpty()) {
        lazyDeadline = System.nanoTime() + LAZY_NANOS;
      }
      if ((now && !urgent) || dozing) {
        changed.signal();
      }
      queue.add(pending);
      urgent |= now;
    } finally {
      lock.unlock();
    }
    return pending.stage;
  }

  /** Commits all that was submitted, then closes the connection. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    List<Pending> group = new ArrayList<>();
    while (take(group)) {
      boolean committed = !group.isEmpty();
      if (committed) {
        commit(group);
        group.clear();
        lingerDeadline = System.nanoTime() + LAZY_NANOS;
      }
      if (isIdle()) {
        log.ensure(statements);
      }
      if (committed) {
        checkpointer.look(statements);
      }
    }
    try (log;
        statements;
        checkpointer) {
      // They are only closed, the writer's connection behind the other one: the last one copies the
      // rest of the log.
    } catch (SQLException | IOException e) {
      // All that was promised is in the write-ahead log, which the next opening reads.
    }
  }

  /** Waits for changes whose time has come and moves them to {@code group}; false at the end. */
  private boolean take(List<Pending> group) {
    lock.lock();
    try {
      while (!due()) {
        if (closed) {
          return false;
        }
        // Whether something came or the time passed does not matter: both are looked at again.
        long until = queue.isEmpty() ? lingerDeadline : lazyDeadline;
        long left = until - System.nanoTime();
        dozing = queue.isEmpty() && left <= 0;
        if (dozing) {
          changed.awaitUninterruptibly();
          dozing = false;
        } else {
          var _ = changed.awaitNanos(left);
        }
      }
      while (!queue.isEmpty() && group.size() < LARGEST_GROUP) {
        group.add(queue.remove());
      }
      urgent &= !queue.isEmpty();
      return true;
    } catch (InterruptedException e) {
      return true; // with no group; nobody but close() ends this thread
    } finally {
      lock.unlock();
    }
  }

  private boolean isIdle() {
    lock.lock();
    try {
      return !due() && !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean due() {
    return !queue.isEmpty() && (urgent || closed || System.nanoTime() - lazyDeadline >= 0);
  }

  private void commit(List<Pending> group) {
    long begun = System.nanoTime();
    try {
      if (!runTogether(group)) {
        runApart(group);
      }
      statements.run("COMMIT");
    } catch (SQLException | RuntimeException | Error e) {
      rollback();
      IOException failure = new IOException(database + " cannot be written: " + e.getMessage(), e);
      observer.committed(group.size(), System.nanoTime() - begun, failure);
      giveUp(group, e).forEach(pending -> pending.stage.completeExceptionally(failure));
      return;
    }
    observer.committed(group.size(), System.nanoTime() - begun, null);
    group.forEach(Pending::finish);
  }

  /**
   * Returns the changes that fail. Where there are patient ones, and the trouble may pass, these
   * become the queue, and all others fail that are waiting, too: none of them may be committed
   * before. Nor may any that is waiting when patient ones are given up at the end.
   */
  private List<Pending> giveUp(List<Pending> group, Throwable failure) {
    if (group.stream().noneMatch(pending -> pending.patience == Patience.ALL)
        || !mayPass(failure)) {
      return group;
    }
    lock.lock();
    try {
      List<Pending> failed = new ArrayList<>();
      List<Pending> kept = new ArrayList<>();
      for (List<Pending> some : List.of(group, List.copyOf(queue))) {
        for (Pending pending : some) {
          boolean patient = pending.patience == Patience.ALL && !closed;
          (patient ? kept : failed).add(pending);
        }
      }
      queue.clear();
      queue.addAll(kept);
      urgent = false;
      lazyDeadline = System.nanoTime() + RETRY_NANOS;
      return failed;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the same change may succeed later. */
  private static boolean mayPass(Throwable failure) {
    return failure instanceof SQLException fault
        && switch (SQLiteErrorCode.getErrorCode(fault.getErrorCode() & 0xff)) {
          case SQLITE_FULL,
              SQLITE_IOERR,
              SQLITE_BUSY,
              SQLITE_LOCKED,
              SQLITE_CANTOPEN,
              SQLITE_READONLY,
              SQLITE_PROTOCOL ->
              true;
          default -> false;
        };
  }

  /** Returns false, having undone everything, if a change failed by its own fault. */
  private boolean runTogether(List<Pending> group) throws SQLException {
    List<Write> waiting = new ArrayList<>(group.size());
    group.forEach(pending -> waiting.add(pending.write));
    statements.run("BEGIN IMMEDIATE");
    try {
      for (int made = 0; made < waiting.size(); ) {
        List<Write> left = waiting.subList(made, waiting.size());
        made += left.getFirst().runWith(left, statements);
      }
    } catch (SQLException | RuntimeException e) {
      refusal(e);
      rollback();
      return false;
    }
    return true;
  }

  private void runApart(List<Pending> group) throws SQLException {
    statements.run("BEGIN IMMEDIATE");
    for (Pending pending : group) {
      statements.run("SAVEPOINT change");
      try {
        pending.refused = null;
        pending.write.run(statements);
      } catch (SQLException | RuntimeException e) {
        pending.refused = refusal(e);
        statements.forget();
        statements.run("ROLLBACK TO change");
      }
      statements.run("RELEASE change");
    }
  }

  private void rollback() {
    statements.forget();
    try {
      statements.run("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  /**
   * Returns what to tell the caller of a change that is itself at fault.
   *
   * @throws SQLException if it is the database that is at fault
   */
  private static RuntimeException refusal(Exception failure) throws SQLException {
    if (failure instanceof RuntimeException refused) {
      return refused;
    }
    SQLException fault = (SQLException) failure;
    SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(fault.getErrorCode() & 0xff);
    return switch (code) {
      case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_ERROR ->
          new IllegalStateException(fault.getMessage(), fault);
      default -> throw fault;
    };
  }

  /** For what a change can wait: nothing, others to go along with, a disk with room as well. */
  private enum Patience {
    NONE,
    SOME,
    ALL
  }

  /** A change and the stage that waits for it. */
  private static final class Pending {
    private final Write write;
    private final Patience patience;
    private final CompletableFuture<Void> stage;
    private @Nullable RuntimeException refused;

    Pending(Write write, Patience patience, CompletableFuture<Void> stage) {
      this.write = write;
      this.patience = patience;
      this.stage = stage;
    }

    void finish() {
      if (refused != null) {
        stage.completeExceptionally(refused);
      } else {
        stage.complete(null);
      }
    }
  }
}
