package dev.millrace.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a step's container is to be, for executors that run steps in containers.
 *
 * @param isolation whether the step's attempts may follow others in a container that is kept
 * @param pull when the image is pulled
 * @param network name of the network that it is on: {@code bridge}, {@code none}, or one that the
 *     operator allows
 * @param sharedMemory size of {@code /dev/shm} in bytes, or null for the container engine's default
 * @param user as whom the command runs
 * @param mounts directories of the machine that it sees
 */
public record ContainerSpec(
    Isolation isolation,
    Pull pull,
    String network,
    @Nullable Long sharedMemory,
    User user,
    List<Mount> mounts) {

  /** The network of a step that names none. */
  public static final String DEFAULT_NETWORK = "bridge";

  /** What holds where a document says nothing. */
  public static final ContainerSpec BUILT_IN =
      new ContainerSpec(
          Isolation.SLOT, Pull.MISSING, DEFAULT_NETWORK, null, User.CALLER, List.of());

  public ContainerSpec {
    mounts = List.copyOf(mounts);
  }

  /** What an attempt shares a container with. */
  public enum Isolation implements Labelled {
    /**
     * Attempts of one run that want the same image, user, resources and network, one after the
     * other: nothing but the sandbox is writable, and nothing of an attempt is left for the next.
     */
    SLOT("slot"),
    /** Nothing: it has one of its own. */
    CONTAINER("container");

    private final String label;

    Isolation(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }

  /** When an image is pulled from its registry. */
  public enum Pull implements Labelled {
    /** Where the machine does not have it. */
    MISSING("missing"),
    /** Once in each run, to see whether its tag has moved. */
    ALWAYS("always"),
    /** Never: it has to be there. */
    NEVER("never");

    private final String label;

    Pull(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }

  /** As whom a command runs. */
  public enum User implements Labelled {
    /** The user and group of the engine's process: what the step makes belongs to them. */
    CALLER("caller"),
    /** The image's own user; the sandbox is copied in, and what the step made is copied out. */
    IMAGE("image");

    private final String label;

    User(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }

  /**
   * A directory or file of the machine that a container sees. What is in it is not known to the
   * cache.
   *
   * @param source absolute path on the machine
   * @param target absolute path in the container
   */
  public record Mount(String source, String target, boolean writable) {}
}
