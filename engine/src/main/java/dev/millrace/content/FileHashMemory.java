package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the digests of local files by what the file system says of them, so that a file is read
 * again only when something about it has changed: git's index, without names.
 *
 * <p><b>What is trusted.</b> Size, times of change of the bytes and of the inode, and the inode
 * itself must all be as they were. A file that had changed less than {@value #GRAIN_SECONDS} s
 * before it was read is not remembered: it may change again without its time changing, the clocks
 * of file systems being coarse (git's "racy" entries).
 *
 * <p><b>The file.</b> It is read when first asked, and replaced as a whole by {@link #save}:
 *
 * <pre>
 * 8 bytes   "MRHASH" and a version of two digits
 * 4         number of entries
 * 72 each   device, inode, size, modified, changed (8 each), hash (32)
 * 8         CRC-32C of all before
 * </pre>
 *
 * All numbers are big-endian. A file that is damaged or of another version is forgotten: it holds
 * nothing that cannot be found out again. Processes that save at once take turns, by a lock on a
 * file beside it, and each adds what it has learned to what it finds.
 */
public final class FileHashMemory {
  private static final long MAGIC = 0x4d52484153483031L;
  private static final int ENTRY = 72;
  private static final int FRAME = 20;
  private static final int MOST_ENTRIES = 2_000_000;
  private static final int GRAIN_SECONDS = 2;
  private static final Set<OpenOption> LOCK =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private final Path file;
  private final InstantSource clock;
  private final Map<Inode, Known> learned = new HashMap<>();
  private @Nullable Map<Inode, Known> known;

  private record Inode(long device, long number) {}

  private record Known(long modifiedNanos, long changedNanos, Digest digest) {}

  /**
   * Makes a memory that is kept in {@code file}, which need not exist.
   *
   * @param clock the one that the file system's times come from
   */
  public FileHashMemory(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Returns the digest that the file had when it had this stamp, or null if that is not known. */
  public synchronized @Nullable Digest find(FileStamp stamp) {
    Inode inode = new Inode(stamp.device(), stamp.inode());
    Known entry = learned.get(inode);
    if (entry == null) {
      entry = saved().get(inode);
    }
    if (entry == null
        || entry.digest().size() != stamp.size()
        || entry.modifiedNanos() != stamp.modifiedNanos()
        || entry.changedNanos() != stamp.changedNanos()) {
      return null;
    }
    return entry.digest();
  }

  /** Returns the time to pass to {@link #remember}; to be taken before the file is read. */
  public long now() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /**
   * Remembers a digest, unless the file is too young to be trusted.
   *
   * @param stamp what the file system said before the file was read, and again afterwards
   * @param readAtNanos when the file was begun to be read, see {@link #now}
   */
  public synchronized void remember(FileStamp stamp, Digest digest, long readAtNanos) {
    long youngest = readAtNanos - TimeUnit.SECONDS.toNanos(GRAIN_SECONDS);
    if (stamp.modifiedNanos() < youngest && stamp.changedNanos() < youngest) {
      learned.put(
          new Inode(stamp.device(), stamp.inode()),
          new Known(stamp.modifiedNanos(), stamp.changedNanos(), digest));
    }
  }

  /**
   * Adds what was learned to the file.
   *
   * @throws StorageUnavailableException if it cannot be written now; nothing is forgotten
   */
  public synchronized void save() throws IOException {
    if (learned.isEmpty()) {
      return;
    }
    try {
      saveLocked();
    } catch (IOException e) {
      throw StorageUnavailableException.blame(StorageUnavailableException.directoryOf(file), e);
    }
  }

  private void saveLocked() throws IOException {
    // The kernel's locks belong to a process: within it, threads take turns by a monitor.
    synchronized (FileHashMemory.class) {
      try (FileChannel channel = FileChannel.open(beside(".lock"), LOCK);
          FileLock _ = channel.lock()) {
        Map<Inode, Known> all = load();
        all.putAll(learned);
        if (all.size() > MOST_ENTRIES) {
          all.keySet().retainAll(learned.keySet());
        }
        replace(all);
        known = all;
        learned.clear();
      }
    }
  }

  private void replace(Map<Inode, Known> entries) throws IOException {
    Path part = beside("." + ProcessHandle.current().pid());
    try {
      Files.write(part, encode(entries));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private Path beside(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** Returns what the file said when it was first asked, or last saved. */
  private Map<Inode, Known> saved() {
    Map<Inode, Known> entries = known;
    if (entries == null) {
      try {
        entries = load();
      } catch (IOException e) {
        entries = new HashMap<>();
      }
      known = entries;
    }
    return entries;
  }

  private Map<Inode, Known> load() throws IOException {
    try {
      return decode(Files.readAllBytes(file));
    } catch (NoSuchFileException | BufferUnderflowException | IllegalArgumentException e) {
      return new HashMap<>();
    }
  }

  private static byte[] encode(Map<Inode, Known> entries) {
    ByteBuffer out = ByteBuffer.allocate(FRAME + entries.size() * ENTRY);
    out.putLong(MAGIC).putInt(entries.size());
    entries.forEach(
        (inode, entry) -> {
          Digest digest = entry.digest();
          out.putLong(inode.device()).putLong(inode.number()).putLong(digest.size());
          out.putLong(entry.modifiedNanos()).putLong(entry.changedNanos());
          out.putLong(digest.word0()).putLong(digest.word1());
          out.putLong(digest.word2()).putLong(digest.word3());
        });
    out.putLong(checksum(out.array(), out.position()));
    return out.array();
  }

  private static Map<Inode, Known> decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getLong() != MAGIC) {
      throw new IllegalArgumentException("another version");
    }
    int count = in.getInt();
    if (count < 0
        || count > MOST_ENTRIES
        || bytes.length != FRAME + count * ENTRY
        || in.getLong(bytes.length - 8) != checksum(bytes, bytes.length - 8)) {
      throw new IllegalArgumentException("damaged");
    }
    Map<Inode, Known> entries = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      Inode inode = new Inode(in.getLong(), in.getLong());
      long size = in.getLong();
      long modified = in.getLong();
      long changed = in.getLong();
      Digest digest = new Digest(in.getLong(), in.getLong(), in.getLong(), in.getLong(), size);
      entries.put(inode, new Known(modified, changed, digest));
    }
    return entries;
  }

  private static long checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return checksum.getValue();
  }
}
