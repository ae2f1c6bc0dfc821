package dev.millrace.cli;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Step;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.runtime.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The executors that come with this installation, as far as a pipeline needs them.
 *
 * <p>They are services. But to look for services every jar of the class path has to be opened (25
 * ms, a fifth of a cached run), so the one that nearly all pipelines are content with is tried by
 * the name of its class first.
 */
final class Installed {
  private static final String USUAL_NAME = "local";
  private static final String USUAL_CLASS =
      "dev.millrace.executors.process.ProcessExecutorProvider";

  private final List<TaskExecutorProvider> providers;

  private Installed(List<TaskExecutorProvider> providers) {
    this.providers = providers;
  }

  /** Finds what the pipeline asks for, and all others if it asks for an unusual one. */
  static Installed forPipeline(Pipeline pipeline) {
    for (Step step : pipeline.steps().values()) {
      if (!step.executor().equals(USUAL_NAME)) {
        return all();
      }
    }
    try {
      Object provider = Class.forName(USUAL_CLASS).getConstructor().newInstance();
      return new Installed(List.of((TaskExecutorProvider) provider));
    } catch (ReflectiveOperationException e) {
      return all();
    }
  }

  /**
   * Finds what a server offers.
   *
   * @param local whether steps may be processes of the server's user
   */
  static Installed forServer(boolean local) {
    List<TaskExecutorProvider> offered = new ArrayList<>(all().providers);
    offered.removeIf(provider -> !local && provider.name().equals(USUAL_NAME));
    return new Installed(offered);
  }

  /**
   * Asks every executor whether it is there: for the start-up cache, which is recorded in a run
   * that does not use them all.
   */
  static void prepare() {
    all().providers.forEach(TaskExecutorProvider::unavailable);
  }

  private static Installed all() {
    List<TaskExecutorProvider> all = new ArrayList<>();
    for (TaskExecutorProvider provider : ServiceLoader.load(TaskExecutorProvider.class)) {
      if (provider.isOffered()) {
        all.add(provider);
      }
    }
    return new Installed(all);
  }

  /** Returns what documents may ask of each, by name. */
  Map<String, ExecutorOffer> offers() {
    Map<String, ExecutorOffer> offers = new HashMap<>();
    for (TaskExecutorProvider provider : providers) {
      offers.put(provider.name(), provider);
    }
    return offers;
  }

  /** Returns what an engine on that state needs of them. */
  Engine.Parts parts(Path stateDirectory) {
    List<TaskExecutor> executors = new ArrayList<>();
    for (TaskExecutorProvider provider : providers) {
      executors.add(provider.create(stateDirectory));
    }
    return new Engine.Parts(executors, () -> endLeftovers(stateDirectory));
  }

  private void endLeftovers(Path stateDirectory) {
    for (TaskExecutorProvider provider : providers) {
      provider.endLeftovers(stateDirectory);
    }
  }
}
