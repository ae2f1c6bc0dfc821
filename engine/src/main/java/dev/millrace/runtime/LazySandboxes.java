package dev.millrace.runtime;

import dev.millrace.content.Trees;
import dev.millrace.sandbox.SandboxRoot;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory of sandboxes, opened with the first attempt: a run that is cached throughout pays
 * nothing for it.
 */
final class LazySandboxes implements AttemptSandbox.Factory.SandboxSource, AutoCloseable {
  private final Path directory;
  private final Trees trees;
  private final Runnable beforeFirst;
  private final Leftovers leftovers;
  private @Nullable SandboxRoot root;
  private boolean closed;

  LazySandboxes(Path stateDirectory, Trees trees, Runnable beforeFirst, Leftovers leftovers) {
    this.directory = SandboxRoot.of(stateDirectory);
    this.trees = trees;
    this.beforeFirst = beforeFirst;
    this.leftovers = leftovers;
  }

  @Override
  public synchronized SandboxRoot open() throws IOException {
    SandboxRoot opened = root;
    if (closed) {
      throw new IOException("the engine has been closed");
    }
    if (opened == null) {
      beforeFirst.run();
      opened = SandboxRoot.open(directory, trees, leftovers.sandboxes());
      root = opened;
    }
    return opened;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (root != null) {
      root.close();
    }
  }
}
