package dev.millrace.journal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a server was told to keep: registered pipelines, schedules and the like, each a text under a
 * kind and a name. A service provider interface; its compatibility suite is {@code
 * DefinitionStoreTck}.
 *
 * <ul>
 *   <li>When the stage of {@link #update} completes normally, the change MUST be durable. Where it
 *       fails, nothing has changed.
 *   <li>Of several updates of one name, each MUST see what the one before has left.
 *   <li>{@link #list} MUST be in the order of the names' bytes in UTF-8.
 *   <li>All methods MUST be safe to call from any thread.
 * </ul>
 */
public interface DefinitionStore {
  /**
   * One of them.
   *
   * @param value as it was given, usually JSON
   */
  record Definition(String name, String value) {}

  /**
   * Changes what is kept under a name.
   *
   * @param change is given the value, or null where there is none, and returns the new one, or null
   *     to keep none; what it throws fails the stage. It must not use the store, and may be called
   *     more than once
   */
  CompletionStage<Void> update(String kind, String name, UnaryOperator<@Nullable String> change);

  /**
   * Makes the change of {@link #update} and waits until it is durable.
   *
   * @throws IOException if it cannot be recorded, such as on a full disk
   */
  default void change(String kind, String name, UnaryOperator<@Nullable String> change)
      throws IOException {
    try {
      update(kind, name, change).toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IOException("the change cannot be recorded: " + e.getCause(), e);
    }
  }

  /** Returns the value of that name. */
  Optional<String> find(String kind, String name);

  /**
   * Lists a kind.
   *
   * @param after the name behind which to begin; the empty text for the first
   * @param limit at most so many
   */
  List<Definition> list(String kind, String after, int limit);
}
