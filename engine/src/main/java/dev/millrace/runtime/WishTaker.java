package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.RunWish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Takes what other processes ask of the runs of this engine from the inbox, and empties it as the
 * facts that come of it are durable. Wishes for a run that was interrupted stay until it goes on.
 */
final class WishTaker {
  private static final long POLL_MILLIS = 200;

  private final Loop loop;
  private final Executor workers;
  private final WishInbox inbox;
  private final Journal journal;
  private final EngineNode node;

  /** Wishes that were passed on, and are not removed yet. On the loop. */
  private final Set<String> taken = new HashSet<>();

  WishTaker(Loop loop, Executor workers, WishInbox inbox, Journal journal, EngineNode node) {
    this.loop = loop;
    this.workers = workers;
    this.inbox = inbox;
    this.journal = journal;
    this.node = node;
  }

  /** Begins to look, and looks again and again. */
  void start() {
    loop.schedule(POLL_MILLIS, () -> workers.execute(this::poll));
  }

  private void poll() {
    try {
      List<WishInbox.Entry> entries = inbox.poll();
      if (!entries.isEmpty()) {
        loop.execute(() -> take(entries));
      }
    } catch (IOException e) {
      // The directory cannot be read now; what is in it stays there.
    }
    start();
  }

  /**
   * Returns what waits for a run, to be taken as soon as it goes on: else it might be over before
   * anybody has looked.
   */
  List<WishInbox.Entry> of(String run) {
    try {
      return inbox.poll().stream().filter(entry -> entry.run().equals(run)).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Passes wishes on to their runs. On the loop. */
  void take(List<WishInbox.Entry> entries) {
    entries.forEach(this::take);
  }

  private void take(WishInbox.Entry entry) {
    RunDriver run = node.find(entry.run());
    if (run == null) {
      workers.execute(() -> removeIfEnded(entry));
    } else if (taken.add(entry.name())) {
      run.command(entry.wish(), () -> workers.execute(() -> remove(entry)));
    }
  }

  /** Nobody will ever take up what is asked of a run that has ended or never was. */
  private void removeIfEnded(WishInbox.Entry entry) {
    try {
      Optional<RunRecord> run = journal.find(entry.run());
      boolean takenUpLater = run.isPresent() && run.get().summary().finished() == null;
      if (!takenUpLater && !(entry.wish() instanceof RunWish.Reopen)) {
        remove(entry);
      }
    } catch (UncheckedIOException e) {
      // The journal cannot be read now; the wish is looked at again.
    }
  }

  private void remove(WishInbox.Entry entry) {
    try {
      inbox.remove(entry);
      loop.execute(() -> taken.remove(entry.name()));
    } catch (IOException e) {
      // It stays and is not taken again by this engine; the machine refuses what it has done.
    }
  }
}
