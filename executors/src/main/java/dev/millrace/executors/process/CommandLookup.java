package dev.millrace.executors.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds commands in the {@code PATH} of the environment they are to run in, as execvp(3) does, and
 * remembers where they were. Only absolute folders are remembered, since the others depend on the
 * working directory.
 */
final class CommandLookup {

  /** What execvp(3) searches when there is no PATH. */
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  private static final int MOST_REMEMBERED = 1_000;

  private final Map<String, String> found = new ConcurrentHashMap<>();

  /**
   * Returns the file to execute: absolute or relative to the working directory; null when no folder
   * has it.
   */
  @Nullable String find(String command, Map<String, String> environment, Path workingDirectory) {
    if (command.indexOf('/') >= 0) {
      return command;
    }
    String path = environment.getOrDefault("PATH", DEFAULT_PATH);
    String key = command + '\0' + path;
    String known = found.get(key);
    if (known != null && Files.isExecutable(Path.of(known))) {
      return known;
    }
    return search(command, path, workingDirectory, key);
  }

  private @Nullable String search(String command, String path, Path directory, String key) {
    boolean absolute = true;
    String unusable = null;
    for (String folder : path.split(":", -1)) {
      absolute &= folder.startsWith("/");
      String file = folder.isEmpty() ? "./" + command : folder + "/" + command;
      Path candidate = directory.resolve(file);
      if (Files.isRegularFile(candidate)) {
        if (Files.isExecutable(candidate)) {
          remember(absolute, key, file);
          return file;
        }
        unusable = unusable == null ? file : unusable;
      }
    }
    return unusable;
  }

  private void remember(boolean absolute, String key, String file) {
    if (absolute) {
      if (found.size() >= MOST_REMEMBERED) {
        found.clear();
      }
      found.put(key, file);
    }
  }
}
