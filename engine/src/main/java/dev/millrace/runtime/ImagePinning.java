package dev.millrace.runtime;

import dev.millrace.executor.ImagePin;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.IntList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait until it is known what the name of their image stands for. It is found out once
 * for all tasks of the run that use it, however long that takes. Lives on the engine's loop.
 */
final class ImagePinning {
  private static final long RETRY_MILLIS = 1_000;

  private final RunContext context;
  private final Client client;
  private final Map<ImageName, IntList> waiting = new HashMap<>();
  private boolean closed;

  /** Who wants images pinned. Called on the loop. */
  interface Client {
    /** Commits what the name stands for: {@link RunImages} has it when this returns. */
    void pinned(ImageName name, String imageId);

    /** A task's image cannot be had. */
    void imageRefused(int task, Failure failure);

    /** Tasks wait for an image, or, with null, do not any more. */
    void imageTrouble(ImageName name, @Nullable String message);

    /** What tasks wait for comes along. */
    void imageProgress(ImageName name, String message);

    /** Tasks can be prepared again. */
    void prepareAgain(List<Integer> tasks);
  }

  ImagePinning(RunContext context, Client client) {
    this.context = context;
    this.client = client;
  }

  /** Has the task prepared again, or failed, when it is known what the name stands for. */
  void await(ImageName name, Pull pull, int task) {
    if (context.images().idOf(name) != null) {
      client.prepareAgain(List.of(task));
      return;
    }
    IntList others = waiting.get(name);
    if (others != null) {
      others.add(task);
      return;
    }
    IntList tasks = new IntList();
    tasks.add(task);
    waiting.put(name, tasks);
    ask(name, pull);
  }

  private void ask(ImageName name, Pull pull) {
    context
        .host()
        .imageSource()
        .pin(
            name,
            pull,
            progress -> context.loop().execute(() -> progressed(name, progress)),
            answer -> context.loop().execute(() -> answered(name, pull, answer)));
  }

  private void progressed(ImageName name, String progress) {
    if (!closed && waiting.containsKey(name)) {
      client.imageProgress(name, progress);
    }
  }

  private void answered(ImageName name, Pull pull, ImagePin answer) {
    if (closed) {
      return;
    }
    switch (answer) {
      case ImagePin.Unavailable(var message) -> {
        client.imageTrouble(name, message);
        context.loop().schedule(RETRY_MILLIS, () -> ask(name, pull));
      }
      case ImagePin.Refused(var message) -> {
        client.imageTrouble(name, null);
        Failure failure = Failure.of(FailureKind.USER, message);
        tasksFor(name).forEach(task -> client.imageRefused(task, failure));
      }
      case ImagePin.Pinned(var imageId) -> {
        client.imageTrouble(name, null);
        client.pinned(name, imageId);
        client.prepareAgain(tasksFor(name));
      }
    }
  }

  private List<Integer> tasksFor(ImageName name) {
    IntList tasks = waiting.remove(name);
    return tasks == null ? List.of() : Arrays.stream(tasks.toArray()).boxed().toList();
  }

  /** Waits for nothing any more. */
  void close() {
    closed = true;
    waiting.clear();
  }
}
