package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user's own files as content: a file or directory is stored as it is now, and only what has
 * changed since the last time is read.
 *
 * <p>In a directory, {@code .git}, {@code .millrace} and {@code __pycache__} are left out at any
 * depth: they change without the user's doing and no step can need them. Nothing else is, so that
 * what a step sees does not hang on files that say what to ignore. The path itself may be a link;
 * links inside a directory are kept if they are relative and stay inside, and refused otherwise.
 */
public final class LocalSource {

  /** Names that are left out of a directory. */
  public static final Set<String> IGNORED = Set.of(".git", ".millrace", "__pycache__");

  private static final int MOST_TRIES = 3;

  private final Trees trees;
  private final FileHashMemory memory;

  public LocalSource(Trees trees, FileHashMemory memory) {
    this.trees = trees;
    this.memory = memory;
  }

  /**
   * Stores a file or directory as it is now. What is learned of files is kept by {@link
   * FileHashMemory#save}, which is the caller's to call.
   *
   * @param path as the file system knows it
   * @param shown how messages call it
   * @throws RefusedContentException if it does not exist, cannot be read, holds what cannot be
   *     stored, or changes all the time
   */
  public Artifact snapshot(Path path, String shown) throws IOException {
    try {
      Path real = path.toRealPath();
      FileStamp stamp = FileStamp.of(real);
      if (stamp.isDirectory()) {
        int threads = Runtime.getRuntime().availableProcessors();
        return new TreeCapture(real, shown, trees, this::take, IGNORED, threads).store();
      }
      if (!stamp.isRegularFile()) {
        throw refused(shown + " is neither a file nor a directory");
      }
      Digest digest = take(real, stamp);
      return new Artifact(
          stamp.isExecutable() ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE, digest);
    } catch (NoSuchFileException e) {
      throw refused(Files.exists(path) ? changing(e.getFile()) : shown + " does not exist");
    } catch (AccessDeniedException e) {
      throw refused(shown + " cannot be read: no permission for " + e.getFile());
    }
  }

  private static RefusedContentException refused(String problem) {
    return new RefusedContentException(List.of(problem));
  }

  private static String changing(String file) {
    return file + " changes while it is read; run again when it is complete";
  }

  private Digest take(Path file, FileStamp seen) throws IOException {
    FileStamp before = seen;
    for (int i = 0; i < MOST_TRIES; i++) {
      @Nullable Digest known = memory.find(before);
      if (known != null && trees.store().contains(known)) {
        return known;
      }
      long now = memory.now();
      Digest digest = trees.store().putFile(file);
      FileStamp after = FileStamp.of(file);
      if (after.equals(before) && digest.size() == after.size()) {
        memory.remember(after, digest, now);
        return digest;
      }
      before = after;
    }
    throw refused(changing(file.toString()));
  }
}
