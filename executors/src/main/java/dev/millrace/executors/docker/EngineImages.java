package dev.millrace.executors.docker;

import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.millrace.executor.ImagePin;
import dev.millrace.executor.ImagePin.Pinned;
import dev.millrace.executor.ImagePin.Refused;
import dev.millrace.executor.ImagePin.Unavailable;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The images of a Docker Engine: finds out what a name stands for, and pulls what is not there. An
 * image is known by its id, which names its content: digests of a registry are not there for an
 * image that was built or imported, and appear when it is pushed.
 *
 * <p>An image is pulled by one thread at a time in the whole process; whoever waited for that looks
 * first whether it is there now.
 */
final class EngineImages {

  /** Images share locks by the hash of their names: two that do wait for each other, no more. */
  private static final Lock[] PULLING =
      Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

  private static final String LATEST = "latest";

  private final DockerEngine engine;

  EngineImages(DockerEngine engine) {
    this.engine = engine;
  }

  /** As {@link dev.millrace.executor.TaskExecutor#pin}. */
  ImagePin pin(String image, Pull pull, Consumer<String> progress) {
    try {
      return switch (pull) {
        case ALWAYS -> pulled(image, true, progress);
        case MISSING -> {
          String id = idOf(image);
          yield id == null ? pulled(image, false, progress) : new Pinned(id);
        }
        case NEVER -> {
          String id = idOf(image);
          yield id == null ? absent(image) : new Pinned(id);
        }
      };
    } catch (DockerException e) {
      return EngineAnswer.isRefusal(e)
          ? new Refused("image \"%s\": %s".formatted(image, EngineAnswer.text(e)))
          : new Unavailable("image \"%s\": %s".formatted(image, EngineAnswer.text(e)));
    } catch (RuntimeException e) {
      return new Unavailable(EngineAnswer.silence(engine.connection().address(), e));
    }
  }

  private static Refused absent(String image) {
    return new Refused(
        "image \"%s\" is not on this machine, and the step says \"pull\": \"never\": build, import or pull it first, or change that"
            .formatted(image));
  }

  private @Nullable String idOf(String image) {
    try {
      return engine.client().inspectImageCmd(image).exec().getId();
    } catch (NotFoundException e) {
      return null;
    }
  }

  private ImagePin pulled(String image, boolean always, Consumer<String> progress) {
    Lock lock = PULLING[Math.floorMod(image.hashCode(), PULLING.length)];
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      return interrupted(image);
    }
    try {
      String id = always ? null : idOf(image);
      return id == null ? pull(image, progress) : new Pinned(id);
    } finally {
      lock.unlock();
    }
  }

  private static Unavailable interrupted(String image) {
    Thread.currentThread().interrupt();
    return new Unavailable("image \"" + image + "\": pulling it was given up");
  }

  private ImagePin pull(String image, Consumer<String> progress) {
    progress.accept("pulling image " + image);
    PullProgress pull = new PullProgress(image, progress);
    try (PullProgress running = command(image).exec(pull)) {
      running.awaitCompletion();
    } catch (InterruptedException e) {
      return interrupted(image);
    } catch (java.io.IOException e) {
      // Closing what has ended; what came of it is known.
    }
    String id = idOf(image);
    String failure = pull.failure();
    if (failure != null) {
      return failed(image, failure);
    }
    return id == null
        ? new Refused("image \"%s\" was pulled and is not there: check its name".formatted(image))
        : new Pinned(id);
  }

  /** A name without a tag would mean all tags to the Docker Engine. */
  private PullImageCmd command(String image) {
    PullImageCmd command = engine.client().pullImageCmd(image);
    boolean hasDigest = image.indexOf('@') >= 0;
    boolean hasTag = image.indexOf(':', image.lastIndexOf('/') + 1) >= 0;
    return hasDigest || hasTag ? command : command.withTag(LATEST);
  }

  /** Only what the registry, or the name itself, says for good is a refusal. */
  private static ImagePin failed(String image, String failure) {
    String lower = failure.toLowerCase(Locale.ROOT);
    boolean absent =
        lower.contains("not found")
            || lower.contains("manifest unknown")
            || lower.contains("does not exist")
            || lower.contains("no matching manifest");
    boolean denied =
        lower.contains("denied")
            || lower.contains("unauthorized")
            || lower.contains("no basic auth credentials")
            || lower.contains("authentication required");
    if (denied) {
      return new Refused(
          "image \"%s\" may not be pulled, or does not exist: check its name, or log in to its registry ('docker login'). The Docker Engine says: %s"
              .formatted(image, failure));
    }
    if (absent) {
      return new Refused(
          "image \"%s\" does not exist in its registry: check name and tag, or build it on this machine. The Docker Engine says: %s"
              .formatted(image, failure));
    }
    if (lower.contains("invalid reference format")) {
      return new Refused("\"%s\" cannot be the name of an image: %s".formatted(image, failure));
    }
    return new Unavailable(
        "image \"%s\" is not on this machine and cannot be pulled now: check the network, or build or import it. The Docker Engine says: %s"
            .formatted(image, failure));
  }
}
