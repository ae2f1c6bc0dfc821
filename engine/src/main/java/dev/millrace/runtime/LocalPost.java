package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.dispatch.WorkerAgent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages within one process, where none is lost: owners and the placement loop share a
 * loop, and the one worker takes its messages on any thread.
 */
final class LocalPost implements Post {
  private final Loop loop;
  private @Nullable EngineNode node;
  private volatile @Nullable WorkerAgent worker;
  private Consumer<String> expected = executor -> {};

  LocalPost(Loop loop) {
    this.loop = loop;
  }

  /**
   * Says who receives; before the first message.
   *
   * @param willNeed told on the loop of the executor of each task that wants a place, while the
   *     start still waits for its commit
   */
  void connect(EngineNode receivingNode, WorkerAgent receivingWorker, Consumer<String> willNeed) {
    node = receivingNode;
    worker = receivingWorker;
    expected = willNeed;
  }

  @Override
  public void toPlacement(ToPlacement message) {
    if (message instanceof ToPlacement.Want(_, _, var entry)) {
      expected.accept(entry.demand().executor());
    }
    loop.execute(() -> receiver().receive(message));
  }

  @Override
  public void toOwner(ToOwner message) {
    loop.execute(() -> receiver().receive(message));
  }

  @Override
  public void toOwnerHere(ToOwner message) {
    loop.executeHere(() -> receiver().receive(message));
  }

  @Override
  public void toWorker(String address, ToWorker message) {
    WorkerAgent receiver = worker;
    if (receiver != null) {
      receiver.receive(message);
    }
  }

  private EngineNode receiver() {
    EngineNode receiver = node;
    if (receiver == null) {
      throw new IllegalStateException("not connected");
    }
    return receiver;
  }
}
