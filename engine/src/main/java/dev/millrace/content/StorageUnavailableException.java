package dev.millrace.content;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A directory of the engine cannot be written or read now: no space, no permission, mounted
 * read-only, too many open files, a failing disk. Neither the content nor who made it is to blame,
 * nothing half-written is left, and the same call succeeds when it is made again after the cause is
 * gone.
 */
public final class StorageUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final String TOO_LONG = "File name too long";

  private final transient Path directory;

  private StorageUnavailableException(Path directory, StorageTrouble trouble, IOException cause) {
    super(
        "cannot use %s: %s; %s; the run goes on by itself"
            .formatted(directory, StorageTrouble.words(cause), trouble.remedy(directory)),
        cause);
    this.directory = directory;
  }

  /**
   * Tells whom a failure in a directory of the engine is to be blamed on.
   *
   * @return what to throw: the failure itself if it says something of the content or was asked for,
   *     else that the directory is unavailable
   */
  public static IOException blame(Path directory, IOException failure) {
    if (isTold(failure)) {
      return failure;
    }
    StorageTrouble trouble = StorageTrouble.of(directory, failure);
    return new StorageUnavailableException(directory, trouble, failure);
  }

  /**
   * Like {@link #blame}, for a file that a step or a user made: that it is gone, that nobody may
   * read it or that it is no file are their matter.
   */
  public static IOException blameUnlessTheirs(Path file, IOException failure) {
    if (isTold(failure)
        || failure instanceof NoSuchFileException
        || failure instanceof AccessDeniedException) {
      return failure;
    }
    Path directory = directoryOf(file);
    StorageTrouble trouble = StorageTrouble.of(directory, failure);
    boolean theirs = trouble == StorageTrouble.UNKNOWN || trouble == StorageTrouble.MISSING;
    return theirs ? failure : new StorageUnavailableException(directory, trouble, failure);
  }

  /** Returns where a file is, to be blamed. */
  public static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  private static boolean isTold(IOException failure) {
    return failure instanceof StorageUnavailableException
        || failure instanceof MissingBlobException
        || failure instanceof RefusedContentException
        || failure instanceof FileAlreadyExistsException
        || failure instanceof ClosedChannelException
        || String.valueOf(failure.getMessage()).contains(TOO_LONG);
  }

  /** Returns the directory that cannot be used. */
  public Path directory() {
    return directory;
  }
}
