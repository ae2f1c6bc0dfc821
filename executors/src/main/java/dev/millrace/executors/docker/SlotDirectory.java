package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionRequest;
import dev.millrace.sandbox.Removal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a slot on the engine's machine:
 *
 * <pre>
 *   millrace/       the container's /millrace
 *     work/         the sandbox of the attempt that is in the slot, moved here for its time
 *     out, err      second names of the attempt's files
 *     .reply        the runner's answer
 *     .start        what the next file is mounted on
 *   start           the container's /millrace/.start, which it cannot write: the step's script
 *   tmp/            the container's /tmp
 *   link            to work; while an attempt is in the slot, it stands where its sandbox was
 *   attempt         what a later engine must know, see SlotRecord
 * </pre>
 *
 * <p>A step may do anything to what it sees. So nothing there is written through an existing name,
 * no link is followed, and what is not as it was means that the slot is not used again.
 *
 * <p>Nothing is made and deleted for each attempt, and no file is emptied to be written again: ext4
 * searches longer and longer for an inode where many were deleted within seconds, and writes to the
 * disk what replaces a file's content.
 */
final class SlotDirectory {
  static final String OUT = "out";
  static final String ERR = "err";
  static final String START = ".start";
  private static final String REPLY = ".reply";
  private static final String SCRIPT = "start";
  private static final String LINK = "link";
  private static final String NO_SCRIPT = "\n";
  private static final String SHARED = "millrace";
  private static final String WORK = "work";
  private static final String TMP = "tmp";
  private static final String EVERYBODYS = "rwxrwxrwx";
  private static final String OWNERS = "rwx------";

  /** An answer is some eighty characters. */
  private static final int LONGEST_REPLY = 500;

  private final Path root;
  private final Path shared;
  private final Path work;
  private final Path link;

  SlotDirectory(Path root) {
    this.root = root;
    shared = root.resolve(SHARED);
    work = shared.resolve(WORK);
    link = root.resolve(LINK);
  }

  void create() throws IOException {
    Files.createDirectories(root.getParent());
    // The script has the step's secrets, and is gone with the step.
    Files.createDirectory(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNERS)));
    Files.createDirectory(shared);
    Files.createFile(shared.resolve(REPLY));
    Files.createFile(shared.resolve(START));
    Files.createFile(script());
    Files.createSymbolicLink(link, work);
    Files.createDirectory(tmp());
    Files.setPosixFilePermissions(tmp(), PosixFilePermissions.fromString(EVERYBODYS));
  }

  /** Returns what the container has as {@link ContainerSettings#ROOT}. */
  Path shared() {
    return shared;
  }

  /** Returns what the container has as {@link SlotScript#START}. */
  Path script() {
    return root.resolve(SCRIPT);
  }

  /** Returns what the container has as {@code /tmp}. */
  Path tmp() {
    return root.resolve(TMP);
  }

  /** Returns what is known of the attempt in the slot, or null where there is none. */
  @Nullable SlotRecord record() {
    return Files.isDirectory(work, LinkOption.NOFOLLOW_LINKS) ? SlotRecord.read(root) : null;
  }

  /**
   * Takes in an attempt.
   *
   * @throws java.nio.file.AtomicMoveNotSupportedException if the sandbox is on another file system
   */
  void enter(ExecutionRequest request, SlotRecord record, String script) throws IOException {
    record.write(root);
    nameTwice(request.stdout(), OUT);
    nameTwice(request.stderr(), ERR);
    overwrite(script(), script);
    Files.move(request.workingDirectory(), work, StandardCopyOption.ATOMIC_MOVE);
    Files.move(link, request.workingDirectory(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes a file that no step can reach. */
  static void overwrite(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.truncate(bytes.limit());
    }
  }

  private void nameTwice(Path file, String name) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Files.createLink(shared.resolve(name), file);
  }

  /**
   * Gives an attempt's sandbox back, and removes what else the attempt left; also after {@link
   * #enter} has failed. No process of the attempt may be left.
   *
   * @return whether the slot is as it was
   */
  boolean leave(Path sandbox) throws IOException {
    overwrite(script(), NO_SCRIPT);
    boolean whole = giveBack(sandbox);
    for (String name : List.of(OUT, ERR)) {
      whole &= removeFile(shared.resolve(name));
    }
    boolean emptied = empty(tmp());
    return whole && emptied && isAsItWas();
  }

  private boolean giveBack(Path sandbox) throws IOException {
    if (Files.isSymbolicLink(sandbox)) {
      Files.move(sandbox, link, StandardCopyOption.ATOMIC_MOVE);
    }
    if (Files.isDirectory(work, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.move(work, sandbox, StandardCopyOption.ATOMIC_MOVE);
      } catch (AccessDeniedException e) {
        // A directory that moves to another must be writable, since its ".." changes.
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString(OWNERS));
        Files.move(work, sandbox, StandardCopyOption.ATOMIC_MOVE);
      }
      return true;
    }
    // The step has removed its sandbox, or it never came in.
    Files.createDirectories(sandbox);
    return !Files.deleteIfExists(work);
  }

  private static boolean removeFile(Path file) {
    try {
      Files.deleteIfExists(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isAsItWas() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(shared)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean known = name.equals(REPLY) || name.equals(START);
        if (!known || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          return false;
        }
      }
    }
    return Files.isSymbolicLink(link);
  }

  private static boolean empty(Path directory) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        Removal.remove(entry);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the answer that an engine did not live to read, or null where there is none. */
  @Nullable SlotReply reply(String nonce) {
    Path file = shared.resolve(REPLY);
    try {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) <= LONGEST_REPLY) {
        // The rest is of longer answers before it.
        return Files.readString(file)
            .lines()
            .findFirst()
            .map(line -> SlotReply.parse(line, nonce))
            .orElse(null);
      }
    } catch (IOException e) {
      // No answer, then.
    }
    return null;
  }

  /**
   * Gives the output files that an attempt has written names, where it was started under others.
   */
  void recoverOutputs(ExecutionRequest request) throws IOException {
    recover(OUT, request.stdout());
    recover(ERR, request.stderr());
  }

  private void recover(String name, Path file) throws IOException {
    Path own = shared.resolve(name);
    if (Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)
        && !(Files.exists(file) && Files.isSameFile(own, file))) {
      Files.deleteIfExists(file);
      Files.createLink(file, own);
    }
  }

  /** Removes the directory, with a sandbox that is still in it. */
  void delete() throws IOException {
    Removal.remove(root);
  }
}
