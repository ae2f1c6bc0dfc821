package dev.millrace.simulation;

import dev.millrace.journal.InMemoryJournal;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.journal.StoredFact;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.simulation.invariant.Happening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The database behind the links of all engines: what is in it is durable. */
public final class SimulatedDatabase {
  private final InMemoryJournal disk = new InMemoryJournal();
  private final Map<String, Long> epochs = new HashMap<>();
  private final Watch watch;
  private final Flaw flaw;
  private boolean full;

  /** An empty one. */
  public SimulatedDatabase(Watch watch, Flaw flaw) {
    this.watch = watch;
    this.flaw = flaw;
  }

  /** Fills the disk, or makes room on it. */
  public void setFull(boolean noRoom) {
    full = noRoom;
  }

  /** Returns whether nothing can be written. */
  public boolean isFull() {
    return full;
  }

  InMemoryJournal disk() {
    return disk;
  }

  Flaw flaw() {
    return flaw;
  }

  /** Returns a run as it is listed, or null. */
  public @Nullable RunRecord find(String run) {
    return disk.find(run).orElse(null);
  }

  /** Returns all facts of a run. */
  public List<StoredFact> read(String run) {
    return disk.read(run, 1, Integer.MAX_VALUE);
  }

  /** Creates a run; returns why not, or null. */
  @Nullable Throwable create(RunRecord run, List<String> facts, String owner) {
    if (full) {
      return new IOException("no space left");
    }
    Throwable refused = failure(disk.create(run, facts));
    if (refused == null) {
      epochs.put(run.id(), 1L);
      watch.happened(new Happening.Claimed(run.id(), 1, owner));
      committed(run.id(), 1, 1, facts, owner);
    }
    return refused;
  }

  long claim(String run, String owner) {
    long epoch = disk.claim(run, owner);
    epochs.put(run, epoch);
    watch.trace().note("claim", run + " epoch " + epoch + " by " + owner);
    watch.happened(new Happening.Claimed(run, epoch, owner));
    return epoch;
  }

  /** What is to be appended, and by whom. */
  record Append(
      String run,
      long epoch,
      long first,
      List<String> facts,
      @Nullable Summary summary,
      String owner) {}

  /** Appends facts; returns why not, or null. */
  @Nullable Throwable append(Append wanted) {
    if (full) {
      return new IOException("no space left");
    }
    List<String> facts = wanted.facts;
    long epoch = wanted.epoch;
    if (flaw == Flaw.EPOCHS_IGNORED) {
      epoch = epochs.getOrDefault(wanted.run, epoch);
    } else if (flaw == Flaw.SUCCESS_WRITTEN_TWICE) {
      facts = withSuccessTwice(facts);
    }
    Throwable refused =
        failure(disk.append(wanted.run, epoch, wanted.first, facts, wanted.summary));
    if (refused == null) {
      committed(wanted.run, wanted.epoch, wanted.first, facts, wanted.owner);
    } else {
      watch.trace().note("refused", wanted.run + " by " + wanted.owner + ": " + refused);
    }
    return refused;
  }

  private static List<String> withSuccessTwice(List<String> facts) {
    List<String> doubled = new ArrayList<>();
    for (String fact : facts) {
      doubled.add(fact);
      if (RunEventCodec.decode(fact).event() instanceof RunEvent.AttemptSucceeded) {
        doubled.add(fact);
      }
    }
    return doubled;
  }

  private static @Nullable Throwable failure(CompletionStage<Void> answered) {
    Throwable[] failure = new Throwable[1];
    var _ = answered.whenComplete((ok, refused) -> failure[0] = refused);
    return failure[0];
  }

  private void committed(String run, long epoch, long first, List<String> facts, String owner) {
    long sequence = first;
    for (String text : facts) {
      RunEvent fact = RunEventCodec.decode(text).event();
      String kind = "event: " + fact.getClass().getSimpleName();
      watch.trace().note(kind, run + " " + sequence + " " + owner + " " + text);
      watch.happened(new Happening.Committed(run, epoch, owner, sequence++, fact, text));
    }
  }
}
