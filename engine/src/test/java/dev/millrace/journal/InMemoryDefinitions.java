package dev.millrace.journal;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Definitions that end with the process. */
public final class InMemoryDefinitions implements DefinitionStore {
  private final Map<String, NavigableMap<String, String>> kinds = new TreeMap<>();

  private NavigableMap<String, String> kind(String kind) {
    return kinds.computeIfAbsent(kind, _ -> new TreeMap<>());
  }

  @Override
  public synchronized CompletionStage<Void> update(
      String kind, String name, UnaryOperator<@Nullable String> change) {
    try {
      String after = change.apply(kind(kind).get(name));
      if (after == null) {
        kind(kind).remove(name);
      } else {
        kind(kind).put(name, after);
      }
      return CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized Optional<String> find(String kind, String name) {
    return Optional.ofNullable(kind(kind).get(name));
  }

  @Override
  public synchronized List<Definition> list(String kind, String after, int limit) {
    return kind(kind).tailMap(after, false).entrySet().stream()
        .limit(limit)
        .map(entry -> new Definition(entry.getKey(), entry.getValue()))
        .toList();
  }
}
