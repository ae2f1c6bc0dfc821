package dev.millrace.webhook;

import dev.millrace.journal.DefinitionStore;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Events that a receiver did not take. Only their numbers are kept: what they say is in the
 * journal. Safe for use by many threads.
 */
final class DeadLetters {
  private static final String ROWS = "webhook-dead/";

  /** Of one webhook; then the oldest runs' go. */
  private static final int MOST = 10_000;

  private final DefinitionStore store;
  private final String kind;

  DeadLetters(DefinitionStore store, String webhook) {
    this.store = store;
    kind = ROWS + webhook;
  }

  /** Records one; durable when the stage completes. */
  CompletionStage<Void> add(DeadLetter letter) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("at").value(letter.atMillis()).name("reason").value(letter.reason());
    String text = new String(json.endObject().toBytes(), StandardCharsets.UTF_8);
    return store.update(kind, letter.cursor(), _ -> text);
  }

  /** Removes the oldest where there are too many. */
  void trim() {
    List<DefinitionStore.Definition> all = store.list(kind, "", MOST + 1);
    if (all.size() > MOST) {
      var _ = store.update(kind, all.getFirst().name(), _ -> null);
    }
  }

  CompletionStage<Void> remove(DeadLetter letter) {
    return store.update(kind, letter.cursor(), _ -> null);
  }

  /**
   * Lists them by run and number.
   *
   * @param after the name behind which to begin
   */
  List<DeadLetter> list(String after, int limit) {
    return store.list(kind, after, limit).stream().map(DeadLetters::read).toList();
  }

  private static DeadLetter read(DefinitionStore.Definition row) {
    JsonObject json = (JsonObject) JsonReader.read(row.value());
    int slash = row.name().lastIndexOf('/');
    return new DeadLetter(
        row.name().substring(0, slash),
        Long.parseLong(row.name().substring(slash + 1)),
        json.get("reason") instanceof JsonString(String reason) ? reason : "",
        json.get("at") instanceof JsonNumber number ? number.asLong() : 0);
  }

  void clear() {
    for (List<DeadLetter> some = list("", MOST); !some.isEmpty(); some = list("", MOST)) {
      some.stream().map(this::remove).toList().forEach(stage -> stage.toCompletableFuture().join());
    }
  }
}
