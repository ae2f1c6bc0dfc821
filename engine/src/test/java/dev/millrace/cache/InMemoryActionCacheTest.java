package dev.millrace.cache;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

class InMemoryActionCacheTest extends ActionCacheTck {
  private @Nullable ActionCache cache;

  @Override
  protected ActionCache open(InstantSource clock) {
    ActionCache made = new InMemoryActionCache(clock);
    cache = made;
    return made;
  }

  @Override
  protected ActionCache reopen(InstantSource clock) {
    return cache != null ? cache : open(clock);
  }
}
