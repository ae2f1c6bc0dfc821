package dev.millrace.runtime;

import dev.millrace.executor.ImagePin;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Images as the engine's executors know them.
 *
 * @param executors by name
 */
record ExecutorImages(Map<String, TaskExecutor> executors) implements ImageSource {

  @Override
  public void pin(ImageName name, Pull pull, Consumer<String> progress, Consumer<ImagePin> answer) {
    Thread.ofPlatform()
        .daemon()
        .name("millrace-image")
        .start(() -> answer.accept(pinNow(name, pull, progress)));
  }

  private ImagePin pinNow(ImageName name, Pull pull, Consumer<String> progress) {
    TaskExecutor executor = executors.get(name.executor());
    if (executor == null) {
      return new ImagePin.Refused("there is no executor \"" + name.executor() + "\" here");
    }
    try {
      return executor.pin(name.image(), pull, progress);
    } catch (RuntimeException | Error e) {
      return new ImagePin.Unavailable("image " + name.image() + " cannot be looked up: " + e);
    }
  }

  /** Finds out what a name stands for without a pull. Waits for the container engine's answer. */
  ImagePin lookUp(ImageName name) {
    return pinNow(name, Pull.NEVER, progress -> {});
  }

  /**
   * Tells whether no name stands for another image by now, as far as can be told without a pull.
   */
  boolean standFor(Map<ImageName, String> pinned) {
    for (Map.Entry<ImageName, String> entry : pinned.entrySet()) {
      if (lookUp(entry.getKey()) instanceof ImagePin.Pinned(String imageId)
          && !imageId.equals(entry.getValue())) {
        return false;
      }
    }
    return true;
  }
}
