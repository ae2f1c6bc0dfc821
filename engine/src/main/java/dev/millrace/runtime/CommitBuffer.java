package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.StaleOwnerException;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts of one run on their way to the journal, and what is to happen once they are durable.
 *
 * <p>One batch is in flight at a time; what is decided meanwhile makes the next. Effects (dispatch,
 * events, replies) are held until the commit of all facts that were decided before them. A commit
 * that fails is tried again: nothing of it was seen by anybody, and a full disk is no reason to
 * lose a run.
 */
final class CommitBuffer {
  private static final long RETRY_MILLIS = 1_000;

  /** How long facts that nothing waits for may gather. */
  private static final long LAZY_MILLIS = 5;

  private final Loop loop;
  private final Journal journal;
  private final Owned owned;
  private final Client client;
  private final RunEventCodec codec = new RunEventCodec();
  private long nextSequence;
  private Batch next;
  private boolean inFlight;
  private boolean urgent;
  private boolean timed;
  private boolean closed;

  /**
   * A run that this engine owns.
   *
   * @param epoch guards its appends
   * @param lastSequence number of its last fact in the journal
   */
  record Owned(String run, long epoch, long lastSequence) {}

  /** Whose facts they are. Called on the loop. */
  interface Client {
    /** Returns what the run's listing is to show once the next batch is durable. */
    Summary summary();

    /** Facts have become durable; their effects run after this. */
    void committed(List<CommittedFact> facts);

    /** The journal cannot be written; it is tried again, and this is called with null then. */
    void journalTrouble(@Nullable Throwable failure);

    /** Another owner has the run now: nothing more can be written. */
    void replaced(Throwable failure);
  }

  /** What is committed together, and what then follows. */
  private static final class Batch {
    private final long first;
    private final List<CommittedFact> facts = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<Runnable> messages = new ArrayList<>();
    private final List<Runnable> effects = new ArrayList<>();

    /**
     * @param first number of its first fact, if it comes to have any
     */
    Batch(long first) {
      this.first = first;
    }

    boolean isEmpty() {
      return facts.isEmpty() && messages.isEmpty() && effects.isEmpty();
    }
  }

  CommitBuffer(Loop loop, Journal journal, Owned owned, Client client) {
    this.loop = loop;
    this.journal = journal;
    this.owned = owned;
    this.client = client;
    nextSequence = owned.lastSequence() + 1;
    next = new Batch(nextSequence);
  }

  /** Adds facts to the next batch. */
  void add(List<RunEvent> decided) {
    if (decided.isEmpty()) {
      return;
    }
    long now = loop.nowMillis();
    for (RunEvent fact : decided) {
      next.facts.add(new CommittedFact(nextSequence++, now, fact));
      next.texts.add(codec.encode(now, fact));
    }
  }

  /** Adds what is to happen, on the loop, when all facts added so far are durable. */
  void whenDurable(Runnable effect) {
    next.effects.add(effect);
  }

  /**
   * Adds a message to be sent when all facts added so far are durable: from whatever thread learns
   * of it first, since the worker that waits for it should not wait for the loop as well.
   */
  void sendWhenDurable(Runnable send) {
    next.messages.add(send);
  }

  /** Says that something waits for the facts added so far: they are to be committed at once. */
  void hurry() {
    urgent = true;
  }

  /** Writes nothing more and lets nothing more happen. */
  void close() {
    closed = true;
  }

  /** Sends the batch off, unless one is in flight; a moment later if nothing waits for it. */
  void flush() {
    if (inFlight || closed || next.isEmpty()) {
      return;
    }
    if (!urgent) {
      flushLater();
      return;
    }
    urgent = false;
    Batch batch = next;
    next = new Batch(nextSequence);
    if (batch.facts.isEmpty()) {
      batch.messages.forEach(Runnable::run);
      durable(batch);
    } else {
      inFlight = true;
      send(batch, client.summary(), false);
    }
  }

  /**
   * Asks the journal whether the run is still this owner's, by writing nothing to it: one that was
   * replaced while it had nothing to write would want and hold things for ever.
   */
  void verifyOwnership() {
    if (!inFlight && !closed && next.isEmpty()) {
      inFlight = true;
      send(next, client.summary(), false);
      next = new Batch(nextSequence);
    }
  }

  private void flushLater() {
    if (!timed) {
      timed = true;
      Batch waiting = next;
      loop.schedule(
          LAZY_MILLIS,
          () -> {
            timed = false;
            // What the time was for may have been sent since: what came after it has its own.
            urgent |= next == waiting;
            flush();
          });
    }
  }

  private void send(Batch batch, Summary summary, boolean again) {
    journal
        .append(owned.run(), owned.epoch(), batch.first, batch.texts, summary)
        .whenComplete(
            (ok, failure) -> {
              if (failure == null) {
                batch.messages.forEach(Runnable::run);
              }
              loop.execute(() -> answered(batch, summary, failure, again));
            });
  }

  private void answered(Batch batch, Summary summary, @Nullable Throwable failure, boolean again) {
    if (closed) {
      return;
    }
    if (failure == null) {
      inFlight = false;
      if (again) {
        client.journalTrouble(null);
      }
      durable(batch);
    } else if (isStale(failure)) {
      client.replaced(failure);
    } else {
      client.journalTrouble(failure);
      loop.schedule(
          RETRY_MILLIS,
          () -> {
            if (!closed) {
              send(batch, summary, true);
            }
          });
    }
  }

  private void durable(Batch batch) {
    client.committed(batch.facts);
    batch.effects.forEach(Runnable::run);
    flush();
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof StaleOwnerException
        || failure.getCause() instanceof StaleOwnerException;
  }
}
