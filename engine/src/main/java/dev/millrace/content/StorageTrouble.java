package dev.millrace.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Why a directory cannot be used. Java does not tell the error number, and its text may be in the
 * user's language: so where no word is known, the file system itself is asked.
 */
enum StorageTrouble {
  FULL("No space left|quota exceeded"),
  READ_ONLY("Read-only file system"),
  OPEN_FILES("Too many open files"),
  MEMORY("Cannot allocate memory"),
  DISK("Input/output error|Stale file handle|endpoint is not connected|No such device"),
  DENIED(""),
  MISSING(""),
  UNKNOWN("");

  private static final long NEARLY_FULL = 64 * 1024;
  private static final Path ANY_FILE = Path.of("/dev/null");

  private final String words;

  /** Takes what the system says then, alternatives separated by bars. */
  StorageTrouble(String words) {
    this.words = words;
  }

  static StorageTrouble of(Path directory, IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return DENIED;
    }
    if (failure instanceof NoSuchFileException || failure instanceof NotDirectoryException) {
      return MISSING;
    }
    String text = String.valueOf(failure.getMessage());
    for (StorageTrouble trouble : values()) {
      for (String word : trouble.words.split("\\|")) {
        if (!word.isEmpty() && text.contains(word)) {
          return trouble;
        }
      }
    }
    return ask(directory);
  }

  private static StorageTrouble ask(Path directory) {
    try (InputStream _ = Files.newInputStream(ANY_FILE)) {
      FileStore disk = Files.getFileStore(directory);
      boolean full = disk.getUsableSpace() < NEARLY_FULL;
      return disk.isReadOnly() ? READ_ONLY : full ? FULL : UNKNOWN;
    } catch (NoSuchFileException e) {
      return MISSING;
    } catch (IOException e) {
      return OPEN_FILES;
    }
  }

  /** Returns what to do about it. */
  String remedy(Path directory) {
    return switch (this) {
      case FULL -> "free space on " + disk(directory);
      case READ_ONLY -> "make " + disk(directory) + " writable again";
      case OPEN_FILES -> "raise the limit of open files (ulimit -n)";
      case MEMORY -> "free memory";
      case DISK, UNKNOWN -> "check " + disk(directory);
      case DENIED -> "give this user access to it";
      case MISSING -> "bring it back: it may be on a disk that is not mounted";
    };
  }

  private static String disk(Path directory) {
    try {
      FileStore disk = Files.getFileStore(directory);
      return "%s, where this user has %,d bytes left".formatted(disk, disk.getUsableSpace());
    } catch (IOException e) {
      return "its disk";
    }
  }

  /** Returns what the system said, without the file's name where that can be told apart. */
  static String words(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case NoSuchFileException missing -> missing.getFile() + " is not there";
      case FileSystemException other when other.getReason() != null -> "" + other.getReason();
      default -> "" + failure.getMessage();
    };
  }
}
