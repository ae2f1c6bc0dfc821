package dev.millrace.runtime;

import dev.millrace.journal.InMemoryJournal;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.StaleOwnerException;
import dev.millrace.journal.StoredFact;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.runtime.invariant.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The database that the engines of a simulated cluster share, and each one's connection to it.
 * Requests of one connection arrive in their order; each takes time to arrive, and its answer to
 * come back; either side may die between.
 */
final class SimulatedJournal {
  private static final int SLOW = 40;

  private final InMemoryJournal durable = new InMemoryJournal();
  private final SimulatedTime time;
  private final Consumer<Observation> observer;
  private final PlantedBug bug;
  private boolean full;
  private boolean faulty = true;

  SimulatedJournal(SimulatedTime time, Consumer<Observation> observer, PlantedBug bug) {
    this.time = time;
    this.observer = observer;
    this.bug = bug;
  }

  /** Has nothing go wrong any more. */
  void heal() {
    faulty = false;
    full = false;
  }

  void setFull(boolean full) {
    this.full = full;
  }

  /** Returns what is durable. */
  Journal durable() {
    return durable;
  }

  boolean hasEnded(String run) {
    return durable.find(run).map(record -> record.summary().finished() != null).orElse(false);
  }

  Connection connect(SimulatedProcess process, String node) {
    return new Connection(process, node);
  }

  /** One engine's connection. */
  final class Connection implements Journal {
    private final SimulatedProcess process;
    private final String node;
    private long lastArrival;
    private long lastAnswer;
    private boolean cut;
    private final List<Runnable> heldUp = new ArrayList<>();

    Connection(SimulatedProcess process, String node) {
      this.process = process;
      this.node = node;
    }

    boolean isCut() {
      return cut;
    }

    void cut() {
      cut = true;
    }

    void restore() {
      cut = false;
      List<Runnable> waiting = List.copyOf(heldUp);
      heldUp.clear();
      waiting.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Void> create(RunRecord run, List<String> facts) {
      return durable.create(run, facts);
    }

    @Override
    public long claim(String runId, String owner) {
      long epoch = durable.claim(runId, owner);
      observer.accept(new Observation.Claimed(runId, epoch, node));
      return epoch;
    }

    @Override
    public CompletionStage<Void> append(
        String runId,
        long epoch,
        long firstSequence,
        List<String> facts,
        @Nullable Summary summary) {
      CompletableFuture<Void> stage = new CompletableFuture<>();
      Runnable request = () -> arrive(stage, runId, epoch, firstSequence, facts, summary);
      lastArrival = Math.max(lastArrival, time.now() + delay());
      time.in(lastArrival - time.now(), request);
      if (bug == PlantedBug.SHOWN_BEFORE_COMMIT && time.oneIn(50)) {
        time.in(0, () -> process.run(() -> stage.complete(null)));
      }
      return stage;
    }

    private int delay() {
      return faulty && time.oneIn(20) ? time.draw(SLOW) : time.draw(3);
    }

    private void arrive(
        CompletableFuture<Void> stage,
        String runId,
        long epoch,
        long firstSequence,
        List<String> facts,
        @Nullable Summary summary) {
      if (cut) {
        heldUp.add(() -> arrive(stage, runId, epoch, firstSequence, facts, summary));
        return;
      }
      if (process.isDead() && time.oneIn(2)) {
        return; // It died with the request in its hands.
      }
      if (full) {
        answer(stage, new IOException("no space left (simulated)"));
        return;
      }
      long used = bug == PlantedBug.STALE_OWNER_ACCEPTED ? newest(runId, epoch) : epoch;
      List<String> written = bug == PlantedBug.ATTEMPT_ACCEPTED_TWICE ? doubled(facts) : facts;
      CompletableFuture<Void> done =
          durable.append(runId, used, firstSequence, facts, summary).toCompletableFuture();
      Throwable failure = done.isCompletedExceptionally() ? done.exceptionNow() : null;
      if (failure == null) {
        observer.accept(
            new Observation.Committed(node, runId, epoch, firstSequence, decode(written)));
      }
      answer(stage, failure);
    }

    private void answer(CompletableFuture<Void> stage, @Nullable Throwable failure) {
      lastAnswer = Math.max(lastAnswer, time.now() + delay());
      time.in(
          lastAnswer - time.now(),
          () ->
              process.run(
                  () -> {
                    if (failure == null) {
                      stage.complete(null);
                    } else {
                      stage.completeExceptionally(failure);
                    }
                  }));
    }

    @Override
    public List<StoredFact> read(String runId, long fromSequence, int limit) {
      return durable.read(runId, fromSequence, limit);
    }

    @Override
    public Optional<RunRecord> find(String runId) {
      return durable.find(runId);
    }

    @Override
    public List<RunRecord> list(RunQuery query) {
      return durable.list(query);
    }

    @Override
    public Optional<RunRecord> findUnfinished(String submissionDigest) {
      return durable.findUnfinished(submissionDigest);
    }

    @Override
    public void close() {}
  }

  /** Finds the epoch that is accepted, as if none were asked for. */
  private long newest(String run, long epoch) {
    long newest = epoch;
    while (refusesAsStale(run, newest)) {
      newest++;
    }
    return newest;
  }

  private boolean refusesAsStale(String run, long epoch) {
    CompletableFuture<Void> asked =
        durable.append(run, epoch, -1, List.of(), null).toCompletableFuture();
    return asked.exceptionNow() instanceof StaleOwnerException;
  }

  private List<String> doubled(List<String> facts) {
    List<String> written = new ArrayList<>();
    for (String fact : facts) {
      written.add(fact);
      if (RunEventCodec.decode(fact).event() instanceof RunEvent.AttemptSucceeded
          && time.oneIn(20)) {
        written.add(fact);
      }
    }
    return written;
  }

  private static List<RunEvent> decode(List<String> texts) {
    return texts.stream().map(text -> RunEventCodec.decode(text).event()).toList();
  }
}
