package dev.millrace.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command was given.
 *
 * @param printer what it writes to
 * @param workingDirectory absolute; relative paths are read from here
 * @param environment variables by name
 */
record Session(Printer printer, Path workingDirectory, Map<String, String> environment) {

  /** Returns the path that the user means. */
  Path path(String written) {
    return workingDirectory.resolve(written).normalize();
  }

  /**
   * Returns a path as the user would write it: relative where it is below the working directory.
   */
  String shown(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (absolute.startsWith(workingDirectory) && !absolute.equals(workingDirectory)) {
      return workingDirectory.relativize(absolute).toString();
    }
    return absolute.toString();
  }
}
