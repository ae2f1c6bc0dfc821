package dev.millrace.executors.docker;

import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Mount;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the operator of the machine allows documents to ask of containers. Nothing of the machine is
 * seen in a container unless it says so: a document may come from anybody.
 *
 * @param directories those that may be mounted, with all below them
 * @param networks names of networks besides the two that are always allowed
 */
record OperatorPolicy(List<Path> directories, Set<String> networks) {

  /** The environment variable with the directories: absolute paths joined by {@code :}. */
  static final String MOUNTS = "MILLRACE_DOCKER_MOUNTS";

  /** The environment variable with the names of networks, joined by commas. */
  static final String NETWORKS = "MILLRACE_DOCKER_NETWORKS";

  private static final Set<String> HARMLESS_NETWORKS = Set.of("none", "bridge");

  OperatorPolicy {
    directories = List.copyOf(directories);
    networks = Set.copyOf(networks);
  }

  /** Reads it from an engine's environment. */
  static OperatorPolicy of(Map<String, String> environment) {
    List<Path> directories = new ArrayList<>();
    for (String path : environment.getOrDefault(MOUNTS, "").split(File.pathSeparator, -1)) {
      if (path.startsWith("/")) {
        directories.add(Path.of(path).normalize());
      }
    }
    Set<String> networks = new TreeSet<>();
    for (String name : environment.getOrDefault(NETWORKS, "").split(",", -1)) {
      if (!name.isBlank()) {
        networks.add(name.strip());
      }
    }
    return new OperatorPolicy(directories, networks);
  }

  /** Returns what is not allowed of a container, one sentence each. */
  List<String> objections(ContainerSpec container) {
    List<String> objections = new ArrayList<>();
    String network = container.network();
    if (!HARMLESS_NETWORKS.contains(network) && !networks.contains(network)) {
      objections.add(
          "network \"%s\" is not allowed here: use \"bridge\" or \"none\", or have the operator name it in %s"
              .formatted(network, NETWORKS));
    }
    for (Mount mount : container.mounts()) {
      try {
        Path _ = sourceOf(mount);
      } catch (IllegalArgumentException e) {
        objections.add(String.valueOf(e.getMessage()));
      }
    }
    return objections;
  }

  /**
   * Returns what a mount shows, without links: a link in an allowed directory may lead anywhere.
   *
   * @throws IllegalArgumentException if it is not allowed or not there; the message says what to do
   */
  Path sourceOf(Mount mount) {
    Path target = Path.of(mount.target()).normalize();
    Path own = Path.of(ContainerSettings.ROOT);
    if (target.startsWith(own) || own.startsWith(target)) {
      throw new IllegalArgumentException(
          "nothing can be mounted at \"%s\": %s is the sandbox's; choose another target"
              .formatted(mount.target(), own));
    }
    Path asked = Path.of(mount.source()).normalize();
    if (directories.stream().noneMatch(asked::startsWith)) {
      throw new IllegalArgumentException(notAllowed(mount));
    }
    Path source;
    try {
      source = asked.toRealPath();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "mount \"%s\" is not there, or cannot be read: make it, or correct the path"
              .formatted(mount.source()),
          e);
    }
    for (Path directory : directories) {
      if (source.startsWith(real(directory))) {
        return source;
      }
    }
    throw new IllegalArgumentException(notAllowed(mount));
  }

  private static Path real(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory;
    }
  }

  private static String notAllowed(Mount mount) {
    return "mount \"%s\" is not allowed here: have the operator name its directory in %s, or make it an input"
        .formatted(mount.source(), MOUNTS);
  }
}
