package dev.millrace.runtime;

import java.nio.file.Path;
import java.util.Map;

/**
 * How an engine is set up.
 *
 * @param stateDirectory holds the database, the content store and the sandboxes
 * @param resources what steps may use at once on this machine, by name: {@code cpus}, {@code
 *     memory} in bytes, and counters of any name
 * @param searchPath the {@code PATH} of steps
 * @param secrets values by name, for steps that declare them
 * @param keepSandboxes whether the sandboxes of ended attempts are left for looking at
 */
public record EngineConfig(
    Path stateDirectory,
    Map<String, Double> resources,
    String searchPath,
    Map<String, String> secrets,
    boolean keepSandboxes) {

  public EngineConfig {
    resources = Map.copyOf(resources);
    secrets = Map.copyOf(secrets);
  }

  /** Returns where the content store of a state directory is. */
  public static Path store(Path stateDirectory) {
    return stateDirectory.resolve("store");
  }

  @Override
  public String toString() {
    return "EngineConfig[" + stateDirectory + ", " + resources + "]";
  }
}
