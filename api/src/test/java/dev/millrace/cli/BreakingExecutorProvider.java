package dev.millrace.cli;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.plan.ImageUse;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Installs an executor that breaks the engine, in processes that run where there is a file {@link
 * #OFFER}.
 */
public final class BreakingExecutorProvider implements TaskExecutorProvider {
  static final String OFFER = "offer-breaking";

  @Override
  public String name() {
    return "breaking";
  }

  @Override
  public boolean isOffered() {
    return Files.exists(Path.of(OFFER));
  }

  @Override
  public ImageUse images() {
    return ImageUse.NONE;
  }

  @Override
  public TaskExecutor create(Path stateDirectory) {
    return new BreakingExecutor();
  }

  @Override
  public void endLeftovers(Path stateDirectory) {}

  /** Throws where nothing may be thrown: on the engine's loop. */
  static final class BreakingExecutor implements TaskExecutor {
    @Override
    public String name() {
      return "breaking";
    }

    @Override
    public void prepare() {
      throw new IllegalStateException("broken on purpose");
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      throw new IllegalStateException("never reached");
    }

    @Override
    public void close() {}
  }
}
