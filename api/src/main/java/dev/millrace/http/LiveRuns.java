package dev.millrace.http;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.LiveAttempt;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunListener;
import dev.millrace.runtime.RunView;
import dev.millrace.runtime.SourceProvider;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runs that go on in this server, and who waits for news of them. News is only that there is
 * more to read: whoever follows a run reads it from the journal, at the pace of its own reader, so
 * that nothing piles up for one that is slow. Safe for use by many threads.
 */
final class LiveRuns {
  private static final int PAGE = 500;
  private static final int END_SECONDS = 30;

  private final Engine engine;
  private final RunArchive archive;
  private final Map<String, Live> live = new ConcurrentHashMap<>();
  private final List<News> news = new CopyOnWriteArrayList<>();

  /** Is told of all runs. */
  interface News {
    /**
     * Called in order when a run has more durable facts, on the engine's thread: must be quick.
     *
     * @param first the number of the first of them
     */
    void committed(String run, long first);

    /** Called before a run that has ended is taken up again, on a thread that may wait. */
    default void expect(String run) throws IOException {}
  }

  LiveRuns(Engine engine, RunArchive archive) {
    this.engine = engine;
    this.archive = archive;
  }

  /** Tells somebody of all runs from now on; to be called before any goes on. */
  void tell(News one) {
    news.add(one);
  }

  /** Returns the ids of the runs that go on here. */
  Set<String> ids() {
    return Set.copyOf(live.keySet());
  }

  /**
   * Goes on with all runs that have not ended.
   *
   * @param failures is told of each that cannot go on
   * @return how many go on
   */
  int resumeAll(Consumer<String> failures) {
    int resumed = 0;
    RunQuery query = new RunQuery(null, RunStatus.RUNNING.label(), Map.of(), null, PAGE);
    for (List<RunRecord> page = archive.list(query);
        !page.isEmpty();
        page = archive.list(query.after(page.getLast()))) {
      for (RunRecord run : page) {
        try {
          follow(listener -> engine.resume(run.id(), SourceProvider.NONE, listener));
          resumed++;
        } catch (IOException | RuntimeException e) {
          failures.accept("run " + run.id() + " cannot go on: " + e.getMessage());
        }
      }
    }
    return resumed;
  }

  /** Finds out what a run would take from the cache. */
  RunHistory dryRun(Plan plan, Submission submission) throws IOException {
    return engine.dryRun(plan, submission);
  }

  /** Starts a run and returns its id. */
  String submit(Plan plan, Submission submission) throws IOException {
    return follow(listener -> engine.submit(plan, submission, SourceProvider.NONE, listener)).id();
  }

  /** Takes an ended run up again. */
  synchronized RunHandle retry(String run, String by) throws IOException {
    Live following = live.get(run);
    RunHandle handle = following == null ? null : following.handle;
    if (following != null && handle != null) {
      if (!hasEnded(run)) {
        return handle;
      }
      // Its end can be read already, and it is about to be put away: then it begins anew.
      awaitEnd(handle);
      live.remove(run, following);
    }
    for (News one : news) {
      one.expect(run);
    }
    return follow(listener -> engine.retry(run, by, SourceProvider.NONE, listener));
  }

  private static void awaitEnd(RunHandle handle) throws IOException {
    try {
      handle.done().toCompletableFuture().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      // It was given up, which is an end as well.
    } catch (TimeoutException e) {
      throw new IOException("the run has ended, and is not put away yet", e);
    }
  }

  /** Starts a run, given who listens to it. */
  @FunctionalInterface
  private interface Start {
    RunHandle with(RunListener listener) throws IOException;
  }

  private RunHandle follow(Start start) throws IOException {
    Live following = new Live(news);
    RunHandle handle = start.with(following);
    following.handle = handle;
    live.put(handle.id(), following);
    handle
        .done()
        .whenComplete(
            (end, failure) -> {
              live.remove(handle.id(), following);
              following.wakeAll();
            });
    return handle;
  }

  /** Returns the run if it goes on here, or null. */
  @Nullable RunHandle find(String run) {
    Live following = live.get(run);
    return following == null ? null : following.handle;
  }

  /** Returns an attempt whose command runs here, or null. */
  @Nullable LiveAttempt live(AttemptRef attempt) {
    return engine.live(attempt);
  }

  /** Returns whether the journal says that the run has ended. */
  boolean hasEnded(String run) {
    return archive.record(run).map(one -> one.summary().finished() != null).orElse(true);
  }

  /**
   * Waits for a fact.
   *
   * @param then called once, on any thread, when the run has a durable fact with a greater number
   *     or goes on no more
   * @return false, and nothing is called, if the run does not go on here
   */
  boolean whenBeyond(String run, long sequence, Runnable then) {
    Live following = live.get(run);
    if (following == null) {
      return false;
    }
    following.whenBeyond(sequence, then);
    // It may have ended in between, when nobody was waiting yet.
    if (!live.containsKey(run)) {
      following.wakeAll();
    }
    return true;
  }

  /** Forgets who waits by {@link #whenBeyond}. */
  void forget(String run, Runnable waiting) {
    Live following = live.get(run);
    if (following != null) {
      following.forget(waiting);
    }
  }

  /** One run, and who waits for its next fact. */
  private static final class Live implements RunListener {
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private final List<News> news;
    private volatile @Nullable RunHandle handle;
    private long last;

    Live(List<News> news) {
      this.news = news;
    }

    @Override
    public void committed(RunView run, List<CommittedFact> facts) {
      List<Runnable> woken;
      synchronized (this) {
        last = Math.max(last, facts.getLast().sequence());
        woken = taken();
      }
      woken.forEach(Runnable::run);
      news.forEach(one -> one.committed(run.id(), facts.getFirst().sequence()));
    }

    void whenBeyond(long sequence, Runnable then) {
      synchronized (this) {
        if (last <= sequence) {
          waiting.add(then);
          return;
        }
      }
      then.run();
    }

    synchronized void forget(Runnable one) {
      waiting.remove(one);
    }

    void wakeAll() {
      List<Runnable> woken;
      synchronized (this) {
        woken = taken();
      }
      woken.forEach(Runnable::run);
    }

    private List<Runnable> taken() {
      List<Runnable> all = List.copyOf(waiting);
      waiting.clear();
      return all;
    }
  }
}
