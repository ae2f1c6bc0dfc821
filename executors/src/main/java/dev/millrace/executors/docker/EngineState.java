package dev.millrace.executors.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the executor keeps in the state directory, under {@code docker/}: the id by which containers
 * are recognised as those of engines of this state directory. A path would not do: another
 * machine's engine can have the same path, and a directory can be moved.
 */
final class EngineState {
  private static final String DIRECTORY = "docker";
  private static final String ID_FILE = "engine-id";

  private static final String IN_USE = "in-use";
  private static final String ENDED = "ended";

  private final Path directory;
  private boolean inUse;
  private @Nullable String id;
  private @Nullable Owner owner;

  /**
   * Prepares to read it.
   *
   * @param stateDirectory the engine's; made when something is first kept
   */
  EngineState(Path stateDirectory) {
    this(stateDirectory, null);
  }

  /**
   * Prepares to read it, for an engine whose files are to be another's.
   *
   * @param owner null for this process's
   */
  EngineState(Path stateDirectory, @Nullable Owner owner) {
    directory = stateDirectory.toAbsolutePath().resolve(DIRECTORY);
    this.owner = owner;
  }

  /** Returns the directory that the executor may keep things in; made by {@link #id}. */
  Path directory() {
    return directory;
  }

  /** Returns the id of the engines of this state directory; makes it at the first call. */
  synchronized String id() {
    String known = id;
    if (known == null) {
      try {
        known = read();
        if (known == null) {
          known = make();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot keep the engine's id in " + directory, e);
      }
      id = known;
    }
    return known;
  }

  /**
   * Says that there may be containers from now on, and until {@link #noneIsLeft}. To be called
   * before each is made.
   */
  synchronized void mayHaveContainers() {
    if (!inUse) {
      try {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(IN_USE), "");
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write to " + directory, e);
      }
      inUse = true;
    }
  }

  /** Says that no container of ours is left. */
  synchronized void noneIsLeft() {
    inUse = false;
    try {
      Files.deleteIfExists(directory.resolve(IN_USE));
    } catch (IOException e) {
      // Then the next engine looks in vain.
    }
  }

  /** Tells whether a container of ours may be there: if not, no Docker Engine need be asked. */
  boolean isInUse() {
    return Files.exists(directory.resolve(IN_USE));
  }

  /**
   * Notes that the end of a container's attempt is about to be told, though the container is still
   * there: an engine that finds it must not take it for an attempt that nobody has seen end.
   *
   * @throws UncheckedIOException if it cannot be noted
   */
  void ended(String container) {
    Path folder = directory.resolve(ENDED);
    try {
      try {
        Files.createFile(folder.resolve(container));
      } catch (NoSuchFileException e) {
        Files.createDirectories(folder);
        Files.createFile(folder.resolve(container));
      }
    } catch (FileAlreadyExistsException e) {
      // It was noted before.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + folder, e);
    }
  }

  /** Tells whether the end of a container's attempt has been told, as far as is noted. */
  boolean hasEnded(String container) {
    return Files.exists(directory.resolve(ENDED).resolve(container));
  }

  /** Forgets a container that is gone. */
  void gone(String container) {
    try {
      Files.deleteIfExists(directory.resolve(ENDED).resolve(container));
    } catch (IOException e) {
      // An empty file is left, whose name is never used again.
    }
  }

  /** Returns as whom this process makes files. */
  synchronized Owner owner() {
    Owner known = owner;
    if (known == null) {
      try {
        Files.createDirectories(directory);
        known = Owner.ofThisProcess(directory);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write to " + directory, e);
      }
      owner = known;
    }
    return known;
  }

  private @Nullable String read() throws IOException {
    try {
      String text = Files.readString(directory.resolve(ID_FILE)).strip();
      return text.isEmpty() ? null : text;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Appears whole or not at all, and whoever comes second takes the first one's. */
  private String make() throws IOException {
    Files.createDirectories(directory);
    String made = UUID.randomUUID().toString();
    Path file = directory.resolve(ID_FILE);
    Path temporary = directory.resolve(ID_FILE + "." + made);
    Files.writeString(temporary, made + "\n");
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      String other = read();
      if (other != null) {
        return other;
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (UnsupportedOperationException e) {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return made;
  }
}
