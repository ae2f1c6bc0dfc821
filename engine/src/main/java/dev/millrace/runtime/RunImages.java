package dev.millrace.runtime;

import dev.millrace.run.RunEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the names of images stand for in one run: what the run's facts say, and nothing else. Safe
 * for use by many threads.
 */
final class RunImages {
  private final Map<ImageName, String> ids = new ConcurrentHashMap<>();

  /** Returns the id of the image that the name stands for, or null where no fact says so yet. */
  @Nullable String idOf(ImageName name) {
    return ids.get(name);
  }

  /** Takes in a fact of the run; most are not about images. */
  void apply(RunEvent fact) {
    if (fact instanceof RunEvent.ImagePinned(var executor, var image, var imageId)) {
      ids.put(new ImageName(executor, image), imageId);
    }
  }

  /** Returns all names with their ids. */
  Map<ImageName, String> all() {
    return Map.copyOf(ids);
  }
}
