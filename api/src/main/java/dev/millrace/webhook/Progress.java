package dev.millrace.webhook;

import dev.millrace.journal.DefinitionStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How far a webhook is with each run, durably. A run has a row from its beginning, and keeps it for
 * a while when it is done: all runs from the watermark on that have no row were not begun, those
 * before it are done. Safe for use by many threads.
 */
final class Progress {
  private static final String ROWS = "webhook-run/";
  private static final String WATERMARK = "webhook-watermark";
  private static final int PAGE = 500;
  private static final String DONE = "done";

  private final DefinitionStore store;
  private final String webhook;

  Progress(DefinitionStore store, String webhook) {
    this.store = store;
    this.webhook = webhook;
  }

  /**
   * A row.
   *
   * @param delivered the number of the last event that the receiver has, or will never have
   * @param failingSince when the next event was first tried in vain, in milliseconds since 1970; 0
   *     if it was not
   * @param done whether the run has ended and all of it was delivered
   */
  record Row(long delivered, long failingSince, boolean done) {
    private static Row parse(String text) {
      String[] parts = text.split(" ", -1);
      return new Row(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2].equals(DONE));
    }

    private String text() {
      return delivered + " " + failingSince + " " + (done ? DONE : "open");
    }
  }

  /** A row with its run. */
  record RunRow(String run, Row row) {}

  @Nullable Row find(String run) {
    return store.find(ROWS + webhook, run).map(Row::parse).orElse(null);
  }

  List<RunRow> list(String after) {
    return store.list(ROWS + webhook, after, PAGE).stream()
        .map(one -> new RunRow(one.name(), Row.parse(one.value())))
        .toList();
  }

  CompletionStage<Void> put(String run, Row row) {
    return store.update(ROWS + webhook, run, _ -> row.text());
  }

  CompletionStage<Void> remove(String run) {
    return store.update(ROWS + webhook, run, _ -> null);
  }

  /** Returns a text that sorts among the ids of runs. */
  @Nullable String watermark() {
    return store.find(WATERMARK, webhook).orElse(null);
  }

  CompletionStage<Void> setWatermark(@Nullable String run) {
    return store.update(WATERMARK, webhook, _ -> run);
  }

  /** Forgets everything. */
  void clear() {
    setWatermark(null).toCompletableFuture().join();
    for (List<RunRow> rows = list(""); !rows.isEmpty(); rows = list("")) {
      rows.stream().map(one -> remove(one.run())).toList().stream()
          .map(CompletionStage::toCompletableFuture)
          .forEach(stage -> stage.join());
    }
  }
}
