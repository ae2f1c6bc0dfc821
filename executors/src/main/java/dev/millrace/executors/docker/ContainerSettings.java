package dev.millrace.executors.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says how the containers of requests are to be: what both ways of running steps have in common. No
 * capability, no way to get privileges, no more processes than a large step needs, and of the
 * machine only what the operator allows.
 */
final class ContainerSettings {

  /** Where everything of ours is in a container. */
  static final String ROOT = "/millrace";

  /** Where a step finds its sandbox. */
  static final String WORK = ROOT + "/work";

  /** Counts threads too; a fork bomb reaches it in no time, a large training never. */
  private static final long PROCESSES = 8_192;

  /** Docker takes no less. */
  private static final long LEAST_MEMORY = 6L << 20;

  private static final double LEAST_PROCESSORS = 0.01;
  private static final double NANO = 1e9;

  /** Set by Docker to the container's id, which would differ in each attempt. */
  private static final String HOSTNAME = "HOSTNAME";

  /** Nothing is lost, whatever the operator has set for other containers: no file is rotated. */
  private static final Map<String, String> LOGGING =
      Map.of("max-size", "1000t", "max-file", "1", "compress", "false", "mode", "blocking");

  private final DockerEngine engine;
  private final OperatorPolicy policy;

  ContainerSettings(DockerEngine engine, OperatorPolicy policy) {
    this.engine = engine;
    this.policy = policy;
  }

  /** Returns the container that a request asks for, which requests to this executor have. */
  static ContainerRequest container(ExecutionRequest request) {
    ContainerRequest container = request.container();
    if (container == null) {
      throw new IllegalArgumentException("the attempt " + request.attemptId() + " has no image");
    }
    return container;
  }

  /**
   * Begins a container from a request's image: with {@link #host}, as the request's user, without
   * the image's own command and health check. Command, labels, environment, working directory and
   * the sandbox are the caller's to add.
   *
   * @throws IllegalArgumentException if the operator does not allow it, or a mount is not there;
   *     the message says what to do
   */
  CreateContainerCmd begin(ExecutionRequest request) {
    ContainerRequest container = container(request);
    CreateContainerCmd create =
        engine
            .client()
            .createContainerCmd(container.imageId())
            .withHostConfig(host(request))
            .withHealthcheck(new HealthCheck().withTest(List.of("NONE")));
    if (container.spec().user() == User.CALLER) {
      create.withUser(engine.state().owner().user());
    }
    return create;
  }

  /** Returns the part that concerns the machine: limits, network, mounts but for the sandbox. */
  private HostConfig host(ExecutionRequest request) {
    ContainerSpec spec = container(request).spec();
    List<String> objections = policy.objections(spec);
    if (!objections.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", objections));
    }
    HostConfig host =
        HostConfig.newHostConfig()
            .withCapDrop(Capability.ALL)
            .withSecurityOpts(List.of("no-new-privileges"))
            .withPidsLimit(PROCESSES)
            .withNetworkMode(spec.network())
            .withMounts(mounts(spec))
            .withLogConfig(new LogConfig(LoggingType.LOCAL, LOGGING));
    Long sharedMemory = spec.sharedMemory();
    if (sharedMemory != null) {
      host.withShmSize(sharedMemory);
    }
    limit(host, request.resources());
    return host;
  }

  private void limit(HostConfig host, Map<String, Double> resources) {
    Double cpus = resources.get("cpus");
    if (cpus != null && cpus > 0) {
      double given = Math.clamp(cpus, LEAST_PROCESSORS, engine.processors());
      host.withNanoCPUs(Math.round(given * NANO));
    }
    Double memory = resources.get("memory");
    if (memory != null && memory > 0) {
      long bytes = Math.max(LEAST_MEMORY, memory.longValue());
      // The sum of memory and swap: no swap, so that the limit is where it is said to be.
      host.withMemory(bytes).withMemorySwap(bytes);
    }
    Double gpus = resources.get("gpus");
    if (gpus != null && gpus > 0) {
      host.withDeviceRequests(
          List.of(
              new DeviceRequest()
                  .withCount((int) Math.ceil(gpus))
                  .withCapabilities(List.of(List.of("gpu")))));
    }
  }

  /** Sources are resolved anew for each container: links may have changed since the check. */
  private List<Mount> mounts(ContainerSpec spec) {
    List<Mount> mounts = new ArrayList<>();
    for (ContainerSpec.Mount mount : spec.mounts()) {
      mounts.add(bind(policy.sourceOf(mount), mount.target(), !mount.writable()));
    }
    return mounts;
  }

  /** Returns a mount of a directory or file of the machine, which must exist. */
  static Mount bind(Path source, String target, boolean readOnly) {
    return new Mount()
        .withType(MountType.BIND)
        .withSource(source.toString())
        .withTarget(target)
        .withReadOnly(readOnly);
  }

  /**
   * Returns a step's variables: the request's, and who the user is where it does not say, since
   * programs that ask fail for a number without a name in the image.
   */
  Map<String, String> variables(ExecutionRequest request) {
    Map<String, String> variables = new TreeMap<>(request.environment());
    if (container(request).spec().user() == User.CALLER) {
      String name = engine.state().owner().name();
      variables.putIfAbsent("USER", name);
      variables.putIfAbsent("LOGNAME", name);
    }
    return variables;
  }

  /** Returns variables in Docker's form, which also takes away the one that Docker itself adds. */
  static List<String> environment(Map<String, String> variables) {
    List<String> environment = new ArrayList<>();
    variables.forEach((name, value) -> environment.add(name + "=" + value));
    if (!variables.containsKey(HOSTNAME)) {
      environment.add(HOSTNAME);
    }
    return environment;
  }
}
