package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Blobs as read-only files on a local disk; see {@link StoreLayout} for the names.
 *
 * <p><b>Writing.</b> A blob is written under a temporary name, hashed on the way, and renamed to
 * its own name when complete. Any number of threads and processes may do so at once; the last
 * rename wins and all of them carry the same bytes. A process that dies leaves a temporary file,
 * which a later {@link #open(Path)} removes.
 *
 * <p><b>Power cuts.</b> Nothing is forced to disk, so a blob that was renamed shortly before the
 * machine died may be short. File systems raise a file's size only after its data is written, and
 * the size is part of a digest, so {@link #contains} sees that with the one {@code stat} that it
 * needs anyway. All bytes that leave the store for a step are hashed again. What is lost is made
 * anew by its producer.
 *
 * <p><b>Reading.</b> Small blobs are verified each time. A large one is verified when this process
 * first reads or writes it; after that, as long as its modification time stays, it is copied by the
 * kernel, which shares the blocks where the file system can.
 *
 * <p><b>Isolation.</b> No file outside the store ever shares an inode with a blob: not one that is
 * placed (a hard link could be written by a step that runs as root, or that changes the mode), not
 * one that is taken over (it is copied if it has a second name or another owner).
 *
 * <p><b>Use.</b> A blob's modification time is when it was last known to be used, to within an
 * hour: whoever asks for it refreshes a time that is older. Collection goes by it.
 */
public final class DiskContentStore implements ContentStore, BlobInventory {
  private final BlobIndex index;
  private final BlobIntake intake;
  private final BlobOutlet outlet;
  private final DiskInventory inventory;

  private DiskContentStore(StoreLayout layout, int owner) {
    index = new BlobIndex(layout);
    intake = new BlobIntake(layout, index, owner);
    outlet = new BlobOutlet(layout, index);
    inventory = new DiskInventory(layout, outlet);
  }

  /** Opens the store in that directory, which is made if it does not exist. */
  public static DiskContentStore open(Path root) throws IOException {
    try {
      StoreLayout layout = StoreLayout.open(root);
      return new DiskContentStore(layout, FileStamp.of(layout.blobs()).owner());
    } catch (IOException e) {
      throw StorageUnavailableException.blame(root, e);
    }
  }

  /**
   * Finds a blob by its hash alone, as those name it who do not know its size.
   *
   * @param hash {@code sha256:<64 hex digits>}
   * @throws IllegalArgumentException if it is no such hash
   */
  public Optional<Digest> find(String hash) throws IOException {
    return index.find(hash);
  }

  @Override
  public boolean contains(Digest digest) throws IOException {
    return index.contains(digest);
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) throws IOException {
    Set<Digest> missing = new HashSet<>();
    for (Digest digest : digests) {
      if (!index.contains(digest)) {
        missing.add(digest);
      }
    }
    return missing;
  }

  @Override
  public Digest put(byte[] content) throws IOException {
    return intake.put(content);
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    return intake.put(content);
  }

  @Override
  public Digest putFile(Path file) throws IOException {
    return intake.putFile(file);
  }

  @Override
  public Digest adopt(Path file) throws IOException {
    try {
      return intake.adopt(file, FileStamp.of(file));
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(file, e);
    }
  }

  @Override
  public Digest adopt(Path file, FileStamp stamp) throws IOException {
    return intake.adopt(file, stamp);
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return outlet.open(digest);
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    if (digest.size() > Integer.MAX_VALUE - 8) {
      throw new IOException("blob " + digest + " is too large to be held in memory");
    }
    return outlet.read(digest);
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    outlet.place(digest, target, executable);
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    outlet.export(digest, target, executable);
  }

  @Override
  public void forEach(Consumer<StoredBlob> visitor) throws IOException {
    inventory.forEach(visitor);
  }

  @Override
  public boolean delete(Digest digest, Instant unusedSince) throws IOException {
    return inventory.delete(digest, unusedSince);
  }

  @Override
  public boolean verify(Digest digest) throws IOException {
    return inventory.verify(digest);
  }
}
