package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How bytes get into a disk store: under a temporary name, hashed on the way, and renamed to their
 * own name when complete; or, for a file that is given up, by rename alone.
 */
final class BlobIntake {
  private static final int READ_ONLY = 0444;
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final StoreLayout layout;
  private final BlobIndex index;
  private final int owner;

  /**
   * Makes the way into a store.
   *
   * @param owner user id of who may write the store
   */
  BlobIntake(StoreLayout layout, BlobIndex index, int owner) {
    this.layout = layout;
    this.index = index;
    this.owner = owner;
  }

  Digest put(byte[] content) throws IOException {
    Digest digest = ContentHash.of(content);
    if (!index.contains(digest) || !holds(digest, content)) {
      if (content.length < FileCalls.SMALL) {
        putSmall(content, digest);
      } else {
        try (NewFile file = newBlob()) {
          file.write(content);
          install(file, digest);
        }
      }
    }
    return digest;
  }

  private void putSmall(byte[] content, Digest digest) throws IOException {
    Path temporary = layout.newTemporary();
    try {
      FileCalls.now().create(temporary, content, READ_ONLY);
      layout.install(temporary, digest);
    } catch (IOException e) {
      layout.discard(temporary, e);
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  /**
   * Tells a blob that was damaged without a change of its size, so that a writer can mend it. To
   * compare is much cheaper than to replace: ext4 writes a file out that replaces another.
   */
  private boolean holds(Digest digest, byte[] content) throws IOException {
    try {
      Path blob = layout.blob(digest);
      byte[] small = content.length < FileCalls.SMALL ? FileCalls.now().readSmall(blob) : null;
      return Arrays.equals(small != null ? small : Files.readAllBytes(blob), content);
    } catch (NoSuchFileException e) {
      return digest.size() == 0;
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  Digest put(InputStream content) throws IOException {
    byte[] first = new byte[FileCalls.SMALL];
    int length = content.readNBytes(first, 0, first.length);
    if (length < first.length) {
      return put(Arrays.copyOf(first, length));
    }
    try (NewFile file = newBlob()) {
      Digest digest = HashedCopy.copy(content, first, length, file);
      install(file, digest);
      return digest;
    }
  }

  Digest putFile(Path file) throws IOException {
    try {
      byte[] small = FileCalls.now().readSmall(file);
      return small != null ? put(small) : putLarge(file);
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(file, e);
    }
  }

  private Digest putLarge(Path source) throws IOException {
    try (FileChannel in = FileChannel.open(source, READ);
        NewFile file = newBlob()) {
      Digest digest = HashedCopy.copy(in, file, in.size());
      install(file, digest);
      return digest;
    }
  }

  private NewFile newBlob() throws IOException {
    return NewFile.create(layout.newTemporary(), NewFile.Mode.READ_ONLY, layout.root());
  }

  /**
   * Gives what was hashed its name in the store. A blob that is there already is replaced, which
   * mends one that was damaged.
   */
  private void install(NewFile file, Digest digest) throws IOException {
    file.finish(complete -> layout.install(complete, digest));
    index.rememberVerified(digest);
  }

  Digest adopt(Path file, FileStamp stamp) throws IOException {
    if (!stamp.isRegularFile()) {
      throw new RefusedContentException(
          List.of("cannot store " + file + ": it is not a regular file"));
    }
    if (stamp.size() == 0) {
      release(file);
      return Digest.EMPTY;
    }
    if (stamp.links() > 1 || stamp.owner() != owner) {
      return adoptByCopy(file);
    }
    byte[] small = freeze(file, stamp.size());
    Digest digest = small != null ? ContentHash.of(small) : hashLarge(file, stamp.size());
    if (small != null && index.contains(digest) && holds(digest, small)) {
      release(file);
      return digest;
    }
    try {
      layout.install(file, digest);
    } catch (AtomicMoveNotSupportedException | AccessDeniedException e) {
      return adoptByCopy(file);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
    index.rememberVerified(digest);
    index.markUsed(digest, layout.blob(digest), stamp.modifiedNanos());
    return digest;
  }

  /** Makes a file read-only; returns its bytes where they are few. */
  private static byte @Nullable [] freeze(Path file, long size) throws IOException {
    try {
      FileCalls.now().setMode(file, READ_ONLY);
      return size < FileCalls.SMALL ? FileCalls.now().readSmall(file) : null;
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(file, e);
    }
  }

  private static Digest hashLarge(Path file, long size) throws IOException {
    try (FileChannel in = FileChannel.open(file, READ)) {
      return HashedCopy.hash(in, size);
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(file, e);
    }
  }

  private Digest adoptByCopy(Path file) throws IOException {
    Digest digest = putFile(file);
    release(file);
    return digest;
  }

  private static void release(Path file) throws IOException {
    try {
      Files.deleteIfExists(file);
    } catch (AccessDeniedException e) {
      // It lies in a directory that was made read-only, and goes with that.
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(file, e);
    }
  }
}
