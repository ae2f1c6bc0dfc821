package dev.millrace.executors.docker;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec.Mount;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What attempts must have in common to share a slot, one after the other. The user is not part of
 * it: all slots run as the engine's own.
 *
 * @param sharedMemory in bytes, or null for Docker's default
 * @param resources limits, by name
 */
record SlotShape(
    String run,
    String imageId,
    String network,
    @Nullable Long sharedMemory,
    List<Mount> mounts,
    Map<String, Double> resources) {

  static SlotShape of(ExecutionRequest request) {
    ContainerRequest container = ContainerSettings.container(request);
    return new SlotShape(
        Labels.runOf(request.attemptId()),
        container.imageId(),
        container.spec().network(),
        container.spec().sharedMemory(),
        container.spec().mounts(),
        request.resources());
  }
}
