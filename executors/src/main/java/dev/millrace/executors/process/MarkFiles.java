package dev.millrace.executors.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The engines that may have processes, a file for each in {@code processes/} of the state
 * directory, whose name is the engine's mark: made before its first process, removed after its last
 * one. So a start need not look at every process of the machine where no engine has died.
 */
final class MarkFiles {
  private static final String DIRECTORY = "processes";

  private MarkFiles() {}

  /** Returns the file of an engine, which it makes. */
  static Path make(Path stateDirectory, EngineMark mark) throws IOException {
    Path directory = Files.createDirectories(stateDirectory.resolve(DIRECTORY));
    Path file = directory.resolve(mark.value());
    Files.writeString(file, "");
    return file;
  }

  /**
   * Returns the files of engines that are dead.
   *
   * @throws IOException if they cannot be listed
   */
  static List<Path> ofTheDead(Path stateDirectory) throws IOException {
    List<Path> dead = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(stateDirectory.resolve(DIRECTORY))) {
      for (Path file : files) {
        EngineMark mark = EngineMark.parse(String.valueOf(file.getFileName()));
        if (mark == null || !mark.isEngineAlive()) {
          dead.add(file);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return dead;
  }
}
