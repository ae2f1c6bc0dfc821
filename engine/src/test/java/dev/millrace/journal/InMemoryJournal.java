package dev.millrace.journal;

import dev.millrace.journal.RunRecord.Summary;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A journal without a disk, for tests and the simulation. It commits on the caller's thread, at
 * once or, after {@link #hold()}, when the test says so; and it can be made to fail.
 */
public final class InMemoryJournal implements Journal {
  private final NavigableMap<String, Entry> runs = new TreeMap<>();
  private final Deque<Pending> held = new ArrayDeque<>();
  private boolean holding;
  private boolean failing;

  private record Pending(Runnable change, CompletableFuture<Void> stage) {}

  private static final class Entry {
    private RunRecord run;
    private long epoch = 1;
    private final List<String> facts = new ArrayList<>();

    Entry(RunRecord run) {
      this.run = run;
    }
  }

  /** From now on nothing is committed until {@link #release()}. */
  public synchronized void hold() {
    holding = true;
  }

  /** Commits what was held back, in order, and holds no more. */
  public void release() {
    List<Pending> group = take();
    group.forEach(this::commit);
  }

  /** What was held back is lost, as when the process dies before the commit; holds no more. */
  public synchronized void crash() {
    take();
  }

  /** Returns how many changes are held back. */
  public synchronized int held() {
    return held.size();
  }

  /** While {@code true}, every commit fails as on a full disk. */
  public synchronized void setFailing(boolean failing) {
    this.failing = failing;
  }

  private synchronized List<Pending> take() {
    holding = false;
    List<Pending> group = List.copyOf(held);
    held.clear();
    return group;
  }

  private CompletableFuture<Void> submit(Runnable change) {
    Pending pending = new Pending(change, new CompletableFuture<>());
    synchronized (this) {
      if (holding) {
        held.add(pending);
        return pending.stage();
      }
    }
    commit(pending);
    return pending.stage();
  }

  private void commit(Pending pending) {
    RuntimeException refused = null;
    synchronized (this) {
      if (failing) {
        pending.stage().completeExceptionally(new IOException("no space left (as the test wants)"));
        return;
      }
      try {
        pending.change().run();
      } catch (RuntimeException e) {
        refused = e;
      }
    }
    if (refused != null) {
      pending.stage().completeExceptionally(refused);
    } else {
      pending.stage().complete(null);
    }
  }

  @Override
  public CompletionStage<Void> create(RunRecord run, List<String> facts) {
    List<String> copy = checked(facts);
    return submit(
        () -> {
          Entry entry = new Entry(run);
          entry.facts.addAll(copy);
          if (runs.putIfAbsent(run.id(), entry) != null) {
            throw new IllegalStateException("there is a run " + run.id() + " already");
          }
        });
  }

  private static List<String> checked(List<String> facts) {
    if (facts.stream().anyMatch(fact -> fact.indexOf('\n') >= 0)) {
      throw new IllegalArgumentException("a fact is one line of text");
    }
    return List.copyOf(facts);
  }

  @Override
  public synchronized long claim(String runId, String owner) {
    return ++entry(runId).epoch;
  }

  private Entry entry(String runId) {
    Entry entry = runs.get(runId);
    if (entry == null) {
      throw new IllegalArgumentException("there is no run " + runId);
    }
    return entry;
  }

  @Override
  public CompletionStage<Void> append(
      String runId, long epoch, long firstSequence, List<String> facts, @Nullable Summary summary) {
    List<String> copy = checked(facts);
    return submit(
        () -> {
          Entry entry = entry(runId);
          if (entry.epoch != epoch) {
            throw new StaleOwnerException(runId, epoch, entry.epoch);
          }
          if (entry.facts.size() + 1 != firstSequence) {
            throw new IllegalStateException("number " + firstSequence + " does not follow");
          }
          entry.facts.addAll(copy);
          entry.run = summary != null ? entry.run.with(summary) : entry.run;
        });
  }

  @Override
  public synchronized List<StoredFact> read(String runId, long fromSequence, int limit) {
    Entry entry = runs.get(runId);
    List<String> facts = entry != null ? entry.facts : List.of();
    List<StoredFact> page = new ArrayList<>();
    for (long i = Math.max(1, fromSequence); i <= facts.size() && page.size() < limit; i++) {
      page.add(new StoredFact(i, facts.get((int) i - 1)));
    }
    return page;
  }

  @Override
  public synchronized Optional<RunRecord> find(String runId) {
    return Optional.ofNullable(runs.get(runId)).map(entry -> entry.run);
  }

  @Override
  public synchronized List<RunRecord> list(RunQuery query) {
    return newestFirst().stream()
        .filter(run -> query.pipeline() == null || run.pipeline().equals(query.pipeline()))
        .filter(run -> query.status() == null || run.summary().status().equals(query.status()))
        .filter(run -> query.before() == null || run.id().compareTo(query.before()) < 0)
        .filter(run -> query.from() == null || run.id().compareTo(query.from()) >= 0)
        .filter(run -> run.labels().entrySet().containsAll(query.labels().entrySet()))
        .limit(query.limit())
        .toList();
  }

  @Override
  public synchronized Optional<RunRecord> findUnfinished(String submissionDigest) {
    return newestFirst().stream()
        .filter(run -> run.summary().finished() == null)
        .filter(run -> run.submissionDigest().equals(submissionDigest))
        .findFirst();
  }

  private List<RunRecord> newestFirst() {
    return runs.descendingMap().values().stream().map(entry -> entry.run).toList();
  }

  @Override
  public void close() {}
}
