package dev.millrace.content;

import dev.millrace.content.NewFile.Mode;
import dev.millrace.content.NewFile.Mover;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How bytes get out of a disk store: hashed again on the way, but for large blobs that this process
 * has verified before and that the kernel copies. What has other bytes than its name says is put
 * aside.
 */
final class BlobOutlet {
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final StoreLayout layout;
  private final BlobIndex index;

  BlobOutlet(StoreLayout layout, BlobIndex index) {
    this.layout = layout;
    this.index = index;
  }

  InputStream open(Digest digest) throws IOException {
    if (digest.size() == 0) {
      requireEmpty(digest);
      return InputStream.nullInputStream();
    }
    return new VerifyingStream(openWhole(digest), digest, this);
  }

  private static void requireEmpty(Digest digest) throws MissingBlobException {
    if (!digest.equals(Digest.EMPTY)) {
      throw new MissingBlobException(digest, "has no bytes, but not the empty blob's hash");
    }
  }

  /** Reads and verifies a whole blob. */
  byte[] read(Digest digest) throws IOException {
    if (digest.size() == 0) {
      requireEmpty(digest);
      return new byte[0];
    }
    if (digest.size() >= FileCalls.SMALL) {
      try (InputStream in = open(digest)) {
        return in.readNBytes((int) digest.size());
      }
    }
    byte[] content = readSmall(digest);
    boolean right = content != null && ContentHash.of(content).equals(digest);
    if (content == null || !right) {
      throw corrupt(digest);
    }
    return content;
  }

  private byte @Nullable [] readSmall(Digest digest) throws IOException {
    try {
      return FileCalls.now().readSmall(layout.blob(digest));
    } catch (NoSuchFileException e) {
      throw new MissingBlobException(digest, "is not in the store");
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  private FileChannel openFile(Digest digest) throws IOException {
    try {
      return FileChannel.open(layout.blob(digest), READ);
    } catch (NoSuchFileException e) {
      throw new MissingBlobException(digest, "is not in the store");
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  private FileChannel openWhole(Digest digest) throws IOException {
    FileChannel in = openFile(digest);
    try {
      if (in.size() == digest.size()) {
        return in;
      }
    } catch (IOException e) {
      in.close();
      throw StorageUnavailableException.blame(layout.root(), e);
    }
    in.close();
    throw corrupt(digest);
  }

  /** Puts a blob aside whose bytes are not what its name says, and returns what to throw. */
  MissingBlobException corrupt(Digest digest) {
    MissingBlobException missing =
        new MissingBlobException(digest, "had the wrong bytes and was put into quarantine");
    try {
      putAside(digest);
    } catch (IOException e) {
      missing.addSuppressed(e);
    }
    return missing;
  }

  void putAside(Digest digest) throws IOException {
    index.forgetVerified(digest);
    try {
      layout.putAside(digest);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  /** Returns what to throw if a blob that was opened cannot be read. */
  IOException unreadable(IOException failure) {
    return StorageUnavailableException.blame(layout.root(), failure);
  }

  void place(Digest digest, Path target, boolean executable) throws IOException {
    if (digest.size() < FileCalls.SMALL) {
      placeSmall(read(digest), target, executable ? 0555 : 0444);
    } else {
      Mode mode = executable ? Mode.READ_ONLY_EXECUTABLE : Mode.READ_ONLY;
      copyLarge(digest, target, mode, _ -> {});
    }
  }

  private static void placeSmall(byte[] content, Path target, int mode) throws IOException {
    try {
      FileCalls.now().create(target, content, mode);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(StorageUnavailableException.directoryOf(target), e);
    }
  }

  void export(Digest digest, Path target, boolean executable) throws IOException {
    Path beside = target.resolveSibling("." + layout.newTemporary().getFileName() + ".part");
    Mode mode = executable ? Mode.OWN_EXECUTABLE : Mode.OWN;
    Mover toTarget = file -> Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    if (digest.size() < FileCalls.SMALL) {
      byte[] content = read(digest);
      try (NewFile copy = create(beside, mode)) {
        copy.write(content);
        copy.finish(toTarget);
      }
    } else {
      copyLarge(digest, beside, mode, toTarget);
    }
  }

  private static NewFile create(Path file, Mode mode) throws IOException {
    return NewFile.create(file, mode, StorageUnavailableException.directoryOf(file));
  }

  private void copyLarge(Digest digest, Path target, Mode mode, Mover mover) throws IOException {
    try (FileChannel in = openWhole(digest);
        NewFile copy = create(target, mode)) {
      if (index.isVerified(digest)) {
        copy.copy(in, digest.size());
      } else if (HashedCopy.copy(in, copy, digest.size()).equals(digest)) {
        index.rememberVerified(digest);
      } else {
        throw corrupt(digest);
      }
      copy.finish(mover);
    }
  }
}
