package dev.millrace.runtime;

import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.StaleOwnerException;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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

  private final EventLoop loop;
  private final Journal journal;
  private final String run;
  private final long epoch;
  private final LongSupplier clock;
  private final Consumer<Throwable> onTrouble;
  private final RunEventCodec codec = new RunEventCodec();
  private long nextSequence;
  private List<CommittedFact> facts = new ArrayList<>();
  private List<String> texts = new ArrayList<>();
  private List<Runnable> effects = new ArrayList<>();
  private boolean inFlight;
  private boolean urgent;
  private boolean timed;

  CommitBuffer(
      EventLoop loop,
      Journal journal,
      Owned owned,
      LongSupplier clock,
      Consumer<Throwable> trouble) {
    this.loop = loop;
    this.journal = journal;
    this.run = owned.run();
    this.epoch = owned.epoch();
    this.nextSequence = owned.lastSequence() + 1;
    this.clock = clock;
    this.onTrouble = trouble;
  }

  /**
   * A run that this engine owns.
   *
   * @param epoch guards its appends
   * @param lastSequence number of its last fact in the journal
   */
  record Owned(String run, long epoch, long lastSequence) {}

  /** Adds facts to the next batch. */
  void add(List<RunEvent> decided) {
    if (decided.isEmpty()) {
      return;
    }
    long now = clock.getAsLong();
    for (RunEvent fact : decided) {
      long sequence = nextSequence + facts.size();
      facts.add(new CommittedFact(sequence, now, fact));
      texts.add(codec.encode(now, fact));
    }
  }

  /** Adds what is to happen, on the loop, when all facts added so far are durable. */
  void whenDurable(Runnable effect) {
    effects.add(effect);
  }

  /** Says that something waits for the facts added so far: they are to be committed at once. */
  void hurry() {
    urgent = true;
  }

  /**
   * Sends the batch off, unless one is in flight; a moment later if nothing waits for it.
   *
   * @param summary asked for the run's listing when a batch is sent
   * @param committed told of the facts when they are durable, before the effects run
   */
  void flush(Supplier<@Nullable Summary> summary, Consumer<List<CommittedFact>> committed) {
    if (inFlight || (facts.isEmpty() && effects.isEmpty())) {
      return;
    }
    if (!urgent) {
      flushLater(summary, committed);
      return;
    }
    urgent = false;
    Batch batch = new Batch(facts, texts, effects, summary.get());
    facts = new ArrayList<>();
    texts = new ArrayList<>();
    effects = new ArrayList<>();
    nextSequence += batch.facts.size();
    inFlight = true;
    send(
        batch,
        () -> {
          committed.accept(batch.facts);
          batch.effects.forEach(Runnable::run);
          flush(summary, committed);
        });
  }

  private void flushLater(
      Supplier<@Nullable Summary> summary, Consumer<List<CommittedFact>> committed) {
    if (!timed) {
      timed = true;
      loop.schedule(
          LAZY_MILLIS,
          () -> {
            timed = false;
            urgent = true;
            flush(summary, committed);
          });
    }
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof StaleOwnerException
        || failure.getCause() instanceof StaleOwnerException;
  }

  private record Batch(
      List<CommittedFact> facts,
      List<String> texts,
      List<Runnable> effects,
      @Nullable Summary summary) {}

  private void send(Batch batch, Runnable done) {
    if (batch.facts.isEmpty()) {
      inFlight = false;
      done.run();
      return;
    }
    long first = batch.facts.getFirst().sequence();
    CompletionStage<Void> append = journal.append(run, epoch, first, batch.texts, batch.summary);
    append.whenComplete(
        (ok, failure) ->
            loop.execute(
                () -> {
                  if (failure == null) {
                    inFlight = false;
                    done.run();
                  } else if (isStale(failure)) {
                    throw new IllegalStateException(
                        "another engine has taken the run over", failure);
                  } else {
                    onTrouble.accept(failure);
                    loop.schedule(RETRY_MILLIS, () -> send(batch, done));
                  }
                }));
  }
}
