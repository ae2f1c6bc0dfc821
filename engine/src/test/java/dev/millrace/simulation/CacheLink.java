package dev.millrace.simulation;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.InMemoryActionCache;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The action cache as one process sees it. */
public final class CacheLink implements ActionCache {
  private final InMemoryActionCache cache;
  private final BooleanSupplier cut;
  private final BooleanSupplier full;

  /**
   * @param cut whether nothing can be asked now
   * @param full whether nothing can be written now
   */
  public CacheLink(InMemoryActionCache cache, BooleanSupplier cut, BooleanSupplier full) {
    this.cache = cache;
    this.cut = cut;
    this.full = full;
  }

  private InMemoryActionCache linked() {
    if (cut.getAsBoolean()) {
      throw new UncheckedIOException(new IOException("the link is cut"));
    }
    return cache;
  }

  @Override
  public Map<ActionKey, ActionResult> lookup(Collection<ActionKey> keys) {
    return linked().lookup(keys);
  }

  @Override
  public CompletionStage<Void> put(
      ActionKey key, Action action, String subject, ActionResult result) {
    return cut.getAsBoolean() || full.getAsBoolean()
        ? CompletableFuture.failedFuture(new IOException("it cannot be written"))
        : cache.put(key, action, subject, result);
  }

  @Override
  public CompletionStage<Void> forget(ActionKey key) {
    return linked().forget(key);
  }

  @Override
  public Optional<Action> action(ActionKey key) {
    return linked().action(key);
  }

  @Override
  public Optional<Recorded> nearest(String subject) {
    return linked().nearest(subject);
  }

  @Override
  public List<ActionResult> history(ActionKey key) {
    return linked().history(key);
  }

  @Override
  public List<Recorded> producersOf(Digest artifact, int limit) {
    return linked().producersOf(artifact, limit);
  }

  @Override
  public void forEach(Consumer<Recorded> visitor) {
    linked().forEach(visitor);
  }
}
