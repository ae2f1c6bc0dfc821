package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.runtime.RunHistory;
import java.util.Arrays;

/**
 * Some of a run's tasks, in order.
 *
 * @param tasks their numbers
 * @param full whether there may be more behind them
 */
@SuppressWarnings("ArrayRecordComponent")
record TaskPage(int[] tasks, boolean full) {
  private static final int USUAL_LIMIT = 50;

  /** Returns the page that a request asks for by its limit and cursor. */
  static TaskPage of(RunHistory history, Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    long after = request.number("cursor", -1);
    int[] page =
        Arrays.stream(history.view().taskNumbers())
            .filter(task -> task > after)
            .limit(limit)
            .toArray();
    return new TaskPage(page, page.length == limit);
  }

  /** Writes where the next page begins, if there may be one. */
  void writeNext(CanonicalWriter json) {
    if (full) {
      json.name("next").value(Integer.toString(tasks[tasks.length - 1]));
    }
  }
}
