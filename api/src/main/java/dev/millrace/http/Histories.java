package dev.millrace.http;

import dev.millrace.journal.RunRecord;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs as their facts tell them. Those asked for last are kept, and only what has happened since is
 * read: whoever looks again and again at a run costs what is new in it. Safe for use by many
 * threads.
 */
final class Histories {
  /** The runs that are kept have at most so many tasks together: some hundred megabytes. */
  private static final int MOST_TASKS = 200_000;

  private final RunArchive archive;

  /** In the order of their use. */
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  private int tasks;

  Histories(RunArchive archive) {
    this.archive = archive;
  }

  private static final class Kept {
    private final RunHistory history;
    private int counted;

    Kept(RunHistory history) {
      this.history = history;
    }
  }

  /** What is asked of a run. */
  @FunctionalInterface
  interface Question<T> {
    T ask(RunHistory history) throws IOException;
  }

  /**
   * Asks a question about a run as it stands.
   *
   * @param question must keep nothing of the history
   * @throws ApiException if there is no such run
   * @throws IOException if its document is gone from the store, or the question throws
   */
  <T> T ask(String run, Question<T> question) throws IOException {
    RunRecord record =
        archive.record(run).orElseThrow(() -> ApiException.notFound("there is no run " + run));
    Kept one = find(record);
    synchronized (one) {
      archive.catchUp(one.history);
      keep(run, one);
      return question.ask(one.history);
    }
  }

  private Kept find(RunRecord run) throws IOException {
    synchronized (kept) {
      Kept known = kept.get(run.id());
      if (known != null) {
        return known;
      }
    }
    return new Kept(archive.read(run));
  }

  private void keep(String run, Kept one) {
    synchronized (kept) {
      Kept before = kept.get(run);
      if (before != null && before != one) {
        return; // another thread has read it meanwhile
      }
      kept.put(run, one);
      int now = one.history.view().tasks() + 1;
      tasks += now - one.counted;
      one.counted = now;
      var oldest = kept.values().iterator();
      while (tasks > MOST_TASKS && oldest.hasNext()) {
        Kept gone = oldest.next();
        tasks -= gone.counted;
        gone.counted = 0;
        oldest.remove();
      }
    }
  }
}
