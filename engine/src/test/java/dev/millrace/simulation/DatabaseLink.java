package dev.millrace.simulation;

import dev.millrace.journal.Journal;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.StaleOwnerException;
import dev.millrace.journal.StoredFact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The journal as one process sees it: what is asked and what is answered takes time. */
public final class DatabaseLink implements Journal {
  private static final long MOST_COMMIT_MICROS = 200_000;
  private static final long LEAST_COMMIT_MICROS = 200;
  private static final long AGAIN_MICROS = 50_000;

  private final SimulatedDatabase database;
  private final SimulatedProcess process;
  private final SimulatedTime time;
  private final Chance chance;
  private boolean cut;

  /** A link that works. */
  public DatabaseLink(
      SimulatedDatabase database, SimulatedProcess process, SimulatedTime time, Chance chance) {
    this.database = database;
    this.process = process;
    this.time = time;
    this.chance = chance;
  }

  /** Cuts the link, or mends it. */
  public void setCut(boolean broken) {
    cut = broken;
  }

  /** Returns whether nothing can be asked. */
  public boolean isCut() {
    return cut;
  }

  private CompletionStage<Void> change(Supplier<@Nullable Throwable> what) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    boolean early = database.flaw() == Flaw.ANSWERED_BEFORE_COMMIT && chance.in(0.1);
    time.after(
        chance.spread(LEAST_COMMIT_MICROS, MOST_COMMIT_MICROS),
        () -> {
          // What a process sent before its death may arrive or not.
          if (!process.isAlive() && chance.in(0.5)) {
            return;
          }
          @Nullable Throwable failure = cut ? new IOException("the link is cut") : what.get();
          answer(stage, failure);
        });
    if (early) {
      answer(stage, null);
    }
    return stage;
  }

  private void answer(CompletableFuture<Void> stage, @Nullable Throwable failure) {
    boolean stale = failure instanceof StaleOwnerException;
    process.after(
        chance.spread(10, stale ? MOST_COMMIT_MICROS : LEAST_COMMIT_MICROS * 20),
        () -> {
          if (cut && failure == null) {
            process.after(AGAIN_MICROS, () -> answer(stage, null));
          } else if (failure == null) {
            stage.complete(null);
          } else {
            stage.completeExceptionally(failure);
          }
        });
  }

  @Override
  public CompletionStage<Void> create(RunRecord run, List<String> facts) {
    List<String> copy = List.copyOf(facts);
    return change(() -> database.create(run, copy, process.name()));
  }

  @Override
  public CompletionStage<Void> append(
      String runId, long epoch, long firstSequence, List<String> facts, @Nullable Summary summary) {
    SimulatedDatabase.Append append =
        new SimulatedDatabase.Append(
            runId, epoch, firstSequence, List.copyOf(facts), summary, process.name());
    return change(() -> database.append(append));
  }

  private void checkLink() {
    if (cut) {
      throw new UncheckedIOException(new IOException("the link is cut"));
    }
  }

  @Override
  public long claim(String runId, String owner) {
    checkLink();
    if (database.isFull()) {
      throw new UncheckedIOException(new IOException("no space left"));
    }
    return database.claim(runId, owner);
  }

  @Override
  public List<StoredFact> read(String runId, long fromSequence, int limit) {
    checkLink();
    return database.disk().read(runId, fromSequence, limit);
  }

  @Override
  public Optional<RunRecord> find(String runId) {
    checkLink();
    return database.disk().find(runId);
  }

  @Override
  public List<RunRecord> list(RunQuery query) {
    checkLink();
    return database.disk().list(query);
  }

  @Override
  public Optional<RunRecord> findUnfinished(String submissionDigest) {
    checkLink();
    return database.disk().findUnfinished(submissionDigest);
  }

  @Override
  public void close() {}
}
