package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What every {@link DefinitionStore} must do. */
abstract class DefinitionStoreTck {
  protected abstract DefinitionStore open() throws IOException;

  /** Closes what was opened last and opens it again, as after a restart. */
  protected abstract DefinitionStore reopen() throws IOException;

  @Test
  void keepsWhatIsGiven() throws IOException {
    DefinitionStore store = open();
    assertEquals(Optional.empty(), store.find("pipeline", "a"));
    put(store, "a", "1");
    put(store, "a", "2");
    assertEquals(Optional.of("2"), store.find("pipeline", "a"));
    assertEquals(Optional.empty(), store.find("schedule", "a"));
    assertEquals(Optional.of("2"), reopen().find("pipeline", "a"));
  }

  @Test
  void forgetsWhatBecomesNull() throws IOException {
    DefinitionStore store = open();
    put(store, "a", "1");
    store.update("pipeline", "a", _ -> null).toCompletableFuture().join();
    store.update("pipeline", "b", _ -> null).toCompletableFuture().join();
    assertEquals(List.of(), store.list("pipeline", "", 10));
  }

  @Test
  void aChangeThatThrowsChangesNothing() throws IOException {
    DefinitionStore store = open();
    put(store, "a", "1");
    CompletableFuture<Void> refused =
        store
            .update(
                "pipeline",
                "a",
                _ -> {
                  throw new IllegalStateException("no");
                })
            .toCompletableFuture();
    CompletionException why = assertThrows(CompletionException.class, refused::join);
    assertEquals("java.lang.IllegalStateException: no", String.valueOf(why.getCause()));
    assertEquals(Optional.of("1"), store.find("pipeline", "a"));
  }

  @Test
  void eachUpdateSeesTheOneBefore() throws IOException {
    DefinitionStore store = open();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(
          store
              .update(
                  "counter",
                  "n",
                  value -> Integer.toString(value == null ? 1 : Integer.parseInt(value) + 1))
              .toCompletableFuture());
    }
    all.forEach(CompletableFuture::join);
    assertEquals(Optional.of("200"), store.find("counter", "n"));
  }

  @Test
  void listsInOrderByPages() throws IOException {
    DefinitionStore store = open();
    for (String name : List.of("c", "B", "a", "é")) {
      put(store, name, name);
    }
    assertEquals(List.of("B", "a"), names(store.list("pipeline", "", 2)));
    assertEquals(List.of("c", "é"), names(store.list("pipeline", "a", 9)));
  }

  private static List<String> names(List<DefinitionStore.Definition> page) {
    return page.stream().map(DefinitionStore.Definition::name).toList();
  }

  private static void put(DefinitionStore store, String name, String value) {
    store.update("pipeline", name, _ -> value).toCompletableFuture().join();
  }
}
