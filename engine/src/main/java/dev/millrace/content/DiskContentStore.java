package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private static final long LARGE = 1 << 20;
  private static final long USE_GRAIN_MILLIS = Duration.ofHours(1).toMillis();
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r--r--r--");
  private static final FileAttribute<?>[] AS_READ_ONLY = mode("r--r--r--");
  private static final FileAttribute<?>[] AS_EXECUTABLE = mode("r-xr-xr-x");
  private static final FileAttribute<?>[] AS_OWN = mode("rw-rw-rw-");
  private static final FileAttribute<?>[] AS_OWN_EXECUTABLE = mode("rwxrwxrwx");
  private static final Set<OpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final StoreLayout layout;
  private final int owner;
  private final Map<Digest, FileTime> verified = new ConcurrentHashMap<>();

  private DiskContentStore(StoreLayout layout, int owner) {
    this.layout = layout;
    this.owner = owner;
  }

  private static FileAttribute<?>[] mode(String permissions) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  /** Opens the store in that directory, which is made if it does not exist. */
  public static DiskContentStore open(Path root) throws IOException {
    StoreLayout layout = StoreLayout.open(root);
    return new DiskContentStore(layout, FileStamp.of(layout.blobs()).owner());
  }

  @Override
  public boolean contains(Digest digest) throws IOException {
    if (digest.size() == 0) {
      return digest.equals(Digest.EMPTY);
    }
    Path blob = layout.blob(digest);
    BasicFileAttributes found = look(blob);
    if (found == null || found.size() != digest.size()) {
      return false;
    }
    markUsed(digest, blob, found.lastModifiedTime());
    return true;
  }

  private static @Nullable BasicFileAttributes look(Path blob) throws IOException {
    return blob.getFileSystem()
        .provider()
        .readAttributesIfExists(blob, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private void markUsed(Digest digest, Path blob, FileTime lastUsed) throws IOException {
    long now = System.currentTimeMillis();
    if (Math.abs(now - lastUsed.toMillis()) < USE_GRAIN_MILLIS) {
      return;
    }
    FileTime used = FileTime.fromMillis(now);
    try {
      Files.setLastModifiedTime(blob, used);
      verified.computeIfPresent(digest, (_, time) -> time.equals(lastUsed) ? used : time);
    } catch (FileSystemException e) {
      // Collected meanwhile, or a store that this user may only read: then nobody collects it.
    }
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) throws IOException {
    Set<Digest> missing = new HashSet<>();
    for (Digest digest : digests) {
      if (!contains(digest)) {
        missing.add(digest);
      }
    }
    return missing;
  }

  @Override
  public Digest put(byte[] content) throws IOException {
    Digest digest = Digest.of(content);
    if (contains(digest) && holds(digest, content)) {
      return digest;
    }
    Path temporary = layout.newTemporary();
    try (FileChannel out = FileChannel.open(temporary, WRITE_NEW, AS_READ_ONLY)) {
      HashedCopy.write(out, content);
    } catch (IOException e) {
      throw discard(temporary, e);
    }
    install(temporary, digest);
    return digest;
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    byte[] first = new byte[HashedCopy.BUFFER];
    int length = content.readNBytes(first, 0, first.length);
    if (length < first.length) {
      return put(Arrays.copyOf(first, length));
    }
    Path temporary = layout.newTemporary();
    Digest digest;
    try (FileChannel out = FileChannel.open(temporary, WRITE_NEW, AS_READ_ONLY)) {
      digest = HashedCopy.copy(content, first, length, out);
    } catch (IOException e) {
      throw discard(temporary, e);
    }
    install(temporary, digest);
    return digest;
  }

  @Override
  public Digest putFile(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, READ)) {
      long size = in.size();
      if (size >= HashedCopy.BUFFER) {
        return put(Channels.newInputStream(in));
      }
      ByteBuffer small = ByteBuffer.allocate((int) size + 1);
      for (int read = 0; read >= 0 && small.hasRemaining(); ) {
        read = in.read(small);
      }
      if (!small.hasRemaining()) {
        return put(Channels.newInputStream(in.position(0)));
      }
      return put(Arrays.copyOf(small.array(), small.position()));
    }
  }

  /** Tells a blob that was damaged without a change of its size, so that a writer can mend it. */
  private boolean holds(Digest digest, byte[] content) throws IOException {
    try {
      return Arrays.equals(Files.readAllBytes(layout.blob(digest)), content);
    } catch (NoSuchFileException e) {
      return digest.size() == 0;
    }
  }

  /**
   * Gives a file that was hashed its name in the store. A blob that is there already is replaced,
   * which costs no more than to throw the new file away, and mends one that was damaged.
   */
  private void install(Path temporary, Digest digest) throws IOException {
    try {
      layout.install(temporary, digest);
      rememberVerified(digest);
    } catch (IOException e) {
      throw discard(temporary, e);
    }
  }

  private static IOException discard(Path temporary, IOException cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }

  @Override
  public Digest adopt(Path file) throws IOException {
    FileStamp stamp = FileStamp.of(file);
    if (!stamp.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "is not a regular file");
    }
    if (stamp.size() == 0) {
      Files.delete(file);
      return Digest.EMPTY;
    }
    if (stamp.links() > 1 || stamp.owner() != owner) {
      return adoptByCopy(file);
    }
    Files.setPosixFilePermissions(file, READ_ONLY);
    Digest digest;
    try (FileChannel in = FileChannel.open(file, READ)) {
      digest = HashedCopy.hash(in, stamp.size());
    }
    try {
      layout.install(file, digest);
    } catch (AtomicMoveNotSupportedException | AccessDeniedException e) {
      return adoptByCopy(file);
    }
    rememberVerified(digest);
    markUsed(
        digest, layout.blob(digest), FileTime.from(stamp.modifiedNanos(), TimeUnit.NANOSECONDS));
    return digest;
  }

  private Digest adoptByCopy(Path file) throws IOException {
    Digest digest = putFile(file);
    release(file);
    return digest;
  }

  private static void release(Path file) throws IOException {
    try {
      Files.delete(file);
    } catch (AccessDeniedException e) {
      // It lies in a directory that was made read-only, and goes with that.
    }
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    if (digest.size() == 0) {
      requireEmpty(digest);
      return InputStream.nullInputStream();
    }
    return new VerifyingStream(openBlob(digest), digest, this);
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    if (digest.size() > Integer.MAX_VALUE - 8) {
      throw new IOException("blob " + digest + " is too large to be held in memory");
    }
    try (InputStream in = open(digest)) {
      return in.readNBytes((int) digest.size());
    }
  }

  private static void requireEmpty(Digest digest) throws MissingBlobException {
    if (!digest.equals(Digest.EMPTY)) {
      throw new MissingBlobException(digest, "has no bytes, but not the empty blob's hash");
    }
  }

  private FileChannel openBlob(Digest digest) throws IOException {
    FileChannel in;
    try {
      in = FileChannel.open(layout.blob(digest), READ);
    } catch (NoSuchFileException e) {
      throw new MissingBlobException(digest, "is not in the store");
    }
    if (in.size() != digest.size()) {
      in.close();
      throw corrupt(digest);
    }
    return in;
  }

  /** Puts a blob aside whose bytes are not what its name says, and returns what to throw. */
  MissingBlobException corrupt(Digest digest) throws IOException {
    verified.remove(digest);
    layout.putAside(digest);
    return new MissingBlobException(digest, "had the wrong bytes and was put into quarantine");
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    copyTo(digest, target, executable ? AS_EXECUTABLE : AS_READ_ONLY);
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    Path beside = target.resolveSibling("." + layout.newTemporary().getFileName() + ".part");
    try {
      copyTo(digest, beside, executable ? AS_OWN_EXECUTABLE : AS_OWN);
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw discard(beside, e);
    }
  }

  private void copyTo(Digest digest, Path target, FileAttribute<?>[] mode) throws IOException {
    if (digest.size() == 0) {
      requireEmpty(digest);
      FileChannel.open(target, WRITE_NEW, mode).close();
      return;
    }
    try (FileChannel in = openBlob(digest);
        FileChannel out = FileChannel.open(target, WRITE_NEW, mode)) {
      if (isVerified(digest)) {
        HashedCopy.copyInKernel(in, out, digest.size());
      } else if (HashedCopy.copy(in, out, digest.size()).equals(digest)) {
        rememberVerified(digest);
      } else {
        Files.delete(target);
        throw corrupt(digest);
      }
    }
  }

  private boolean isVerified(Digest digest) throws IOException {
    FileTime then = verified.get(digest);
    return then != null && then.equals(Files.getLastModifiedTime(layout.blob(digest)));
  }

  private void rememberVerified(Digest digest) throws IOException {
    BasicFileAttributes found = digest.size() >= LARGE ? look(layout.blob(digest)) : null;
    if (found != null) {
      verified.put(digest, found.lastModifiedTime());
    }
  }

  @Override
  public void forEach(Consumer<StoredBlob> visitor) throws IOException {
    try (DirectoryStream<Path> fanout = Files.newDirectoryStream(layout.blobs(), "??")) {
      for (Path directory : fanout) {
        visit(directory, visitor);
      }
    }
  }

  private static void visit(Path directory, Consumer<StoredBlob> visitor) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String hex = String.valueOf(directory.getFileName()) + file.getFileName();
        BasicFileAttributes found = look(file);
        if (found != null && isHash(hex)) {
          Digest digest = Digest.parse(hex, found.size());
          visitor.accept(new StoredBlob(digest, found.lastModifiedTime().toInstant()));
        }
      }
    }
  }

  private static boolean isHash(String hex) {
    return hex.length() == 64 && hex.chars().allMatch(HexFormat::isHexDigit);
  }

  @Override
  public boolean delete(Digest digest, Instant unusedSince) throws IOException {
    Path blob = layout.blob(digest);
    BasicFileAttributes found = look(blob);
    if (found == null || found.lastModifiedTime().toInstant().isAfter(unusedSince)) {
      return false;
    }
    return Files.deleteIfExists(blob);
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
    }
    if (!right) {
      layout.putAside(digest);
    }
    return right;
  }
}
