package dev.millrace.runtime;

import dev.millrace.executor.ImagePin;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.plan.Plan;
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
   * Tells whether all names stand for what they stood for in a run, as far as can be told without a
   * pull. A run has its images for good; where a name stands for another by now, what is asked for
   * is another run.
   *
   * @param plan of the run
   */
  boolean standAsIn(RunFacts run, Plan plan) {
    if (plan.steps().stream().allMatch(step -> step.image() == null)) {
      return true;
    }
    RunImages pinned = new RunImages();
    var _ = run.forEach(fact -> pinned.apply(fact.event()));
    return pinned.all().entrySet().stream()
        .allMatch(entry -> standsFor(entry.getKey(), entry.getValue()));
  }

  private boolean standsFor(ImageName name, String imageId) {
    return !(lookUp(name) instanceof ImagePin.Pinned(String now)) || now.equals(imageId);
  }
}
