package dev.millrace.content;

import dev.millrace.content.FileCalls.Found;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Consumer;

/** All that a disk store holds. */
final class DiskInventory implements BlobInventory {
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final StoreLayout layout;
  private final BlobOutlet outlet;

  DiskInventory(StoreLayout layout, BlobOutlet outlet) {
    this.layout = layout;
    this.outlet = outlet;
  }

  @Override
  public void forEach(Consumer<StoredBlob> visitor) throws IOException {
    try {
      for (Path directory : DirectoryListing.of(layout.blobs())) {
        if (isFanout(String.valueOf(directory.getFileName()))) {
          visit(directory, visitor);
        }
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  private static void visit(Path directory, Consumer<StoredBlob> visitor) throws IOException {
    for (Path file : DirectoryListing.of(directory)) {
      String hex = String.valueOf(directory.getFileName()) + file.getFileName();
      Found found = FileCalls.now().find(file);
      if (found != null && isHash(hex)) {
        Digest digest = Digest.parse(hex, found.size());
        visitor.accept(new StoredBlob(digest, lastUsed(found)));
      }
    }
  }

  private static Instant lastUsed(Found found) {
    return Instant.ofEpochSecond(0, found.modifiedNanos());
  }

  private static boolean isFanout(String name) {
    return name.length() == 2 && name.chars().allMatch(HexFormat::isHexDigit);
  }

  private static boolean isHash(String hex) {
    return hex.length() == 64 && hex.chars().allMatch(HexFormat::isHexDigit);
  }

  @Override
  public boolean delete(Digest digest, Instant unusedSince) throws IOException {
    try {
      Path blob = layout.blob(digest);
      Found found = FileCalls.now().find(blob);
      return found != null && !lastUsed(found).isAfter(unusedSince) && Files.deleteIfExists(blob);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  @Override
  public boolean verify(Digest digest) throws IOException {
    if (digest.equals(Digest.EMPTY)) {
      return true;
    }
    boolean right;
    try (FileChannel in = FileChannel.open(layout.blob(digest), READ)) {
      right = HashedCopy.hash(in, digest.size()).equals(digest);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
    if (!right) {
      outlet.putAside(digest);
    }
    return right;
  }
}
