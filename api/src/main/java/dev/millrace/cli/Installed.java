package dev.millrace.cli;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.plan.ImageUse;
import dev.millrace.runtime.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The executors that come with this installation. */
final class Installed {
  private final List<TaskExecutorProvider> providers = new ArrayList<>();

  private Installed() {}

  /** Finds them. */
  static Installed find() {
    Installed installed = new Installed();
    for (TaskExecutorProvider provider : ServiceLoader.load(TaskExecutorProvider.class)) {
      installed.providers.add(provider);
    }
    return installed;
  }

  /** Returns what each does with images, by name. */
  Map<String, ImageUse> images() {
    Map<String, ImageUse> images = new HashMap<>();
    for (TaskExecutorProvider provider : providers) {
      images.put(provider.name(), provider.images());
    }
    return images;
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
