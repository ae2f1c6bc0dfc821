package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The slots of engines that died. Such a slot ends by itself when its step has ended, since its
 * stdin has; the answer, the sandbox and the output are in its directory.
 */
final class SlotLeftovers {
  private final DockerEngine engine;
  private final Map<String, Found> found = new HashMap<>();

  /** A slot that a step may be in. */
  record Found(DockerClient client, String container, SlotDirectory directory, SlotRecord record)
      implements SlotProcesses {

    @Override
    public void terminate() {
      Slot.terminate(client, container);
    }

    @Override
    public void kill() {
      Slot.kill(client, container);
    }
  }

  SlotLeftovers(DockerEngine engine) {
    this.engine = engine;
  }

  /** Finds the attempts that are in slots, and removes all other slots. */
  synchronized List<Leftover> find() {
    List<Leftover> leftovers = new ArrayList<>();
    Set<String> kept = new HashSet<>();
    for (Container container : containers()) {
      String slot = String.valueOf(container.getLabels().get(Labels.SLOT));
      SlotDirectory directory = Slot.directoryOf(engine, slot);
      SlotRecord record = directory.record();
      if (record == null) {
        Slot.removeContainer(engine.client(), container.getId());
      } else {
        kept.add(slot);
        found.put(
            record.attemptId(), new Found(engine.client(), container.getId(), directory, record));
        leftovers.add(record.leftover());
      }
    }
    removeDirectories(kept);
    return leftovers;
  }

  private List<Container> containers() {
    return engine
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.ENGINE, engine.state().id()))
        .exec()
        .stream()
        .filter(container -> container.getLabels().containsKey(Labels.SLOT))
        .toList();
  }

  private void removeDirectories(Set<String> kept) {
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(Slot.directories(engine))) {
      for (Path directory : directories) {
        if (!kept.contains(directory.getFileName().toString())) {
          new SlotDirectory(directory).delete();
        }
      }
    } catch (NoSuchFileException e) {
      // There never was a slot.
    } catch (IOException e) {
      // They take room, and nothing else.
    }
  }

  /** Takes an attempt out, to go on with it or to end it. */
  synchronized Found take(Leftover leftover) {
    Found slot = found.remove(leftover.attemptId());
    if (slot == null) {
      throw new IllegalArgumentException("no attempt " + leftover.attemptId() + " was left");
    }
    return slot;
  }

  /** Tells whether an attempt was found in a slot. */
  synchronized boolean holds(Leftover leftover) {
    return found.containsKey(leftover.attemptId());
  }

  /** Ends an attempt, and removes what is left of it. */
  void discard(Leftover leftover) {
    discard(take(leftover));
  }

  void discard(Found slot) {
    Slot.removeContainer(engine.client(), slot.container());
    delete(slot);
  }

  private static void delete(Found slot) {
    try {
      slot.directory().delete();
    } catch (IOException e) {
      // The next engine tries again.
    }
  }

  /**
   * Waits until the slot has ended, gives the sandbox back, and removes the slot.
   *
   * @return how the attempt ended, as far as the slot knows
   */
  ExecutionOutcome await(Found slot, ExecutionRequest request) {
    awaitEnd(slot.container());
    SlotReply reply = slot.directory().reply(slot.record().nonce());
    boolean outOfMemory = Slot.isOutOfMemory(engine.client(), slot.container());
    Slot.removeContainer(engine.client(), slot.container());
    long millis = slot.record().millisSince();
    try {
      slot.directory().recoverOutputs(request);
      boolean _ = slot.directory().leave(slot.record().sandbox());
    } catch (IOException e) {
      return new Lost("the sandbox cannot be taken out of its slot: " + e);
    } finally {
      delete(slot);
    }
    if (reply != null) {
      return SlotOutcome.of(request, reply, millis);
    }
    return outOfMemory
        ? new OutOfMemory(new ResourceUsage(millis, -1, -1))
        : new Lost("its container was ended by somebody else, while no engine ran");
  }

  /** Where Docker does not answer, the removal that follows ends what has not ended. */
  private void awaitEnd(String container) {
    DockerClient client = engine.client();
    try (WaitContainerResultCallback end =
        client.waitContainerCmd(container).exec(new WaitContainerResultCallback())) {
      int _ = end.awaitStatusCode();
    } catch (IOException | RuntimeException e) {
      // It has been removed, or Docker was stopped.
    }
  }
}
