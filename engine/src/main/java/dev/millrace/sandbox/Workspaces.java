package dev.millrace.sandbox;

import dev.millrace.content.DirectoryListing;
import dev.millrace.content.FileCalls;
import dev.millrace.content.FileStamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Workspaces for the attempts of one engine. One that an attempt is done with is emptied by a
 * thread of its own, so that no step waits for that, and used again.
 *
 * <p>To use again what exists is what makes a sandbox cheap. A directory or a file costs a file
 * system ten times as much to make as to rename or to open, and up to a hundred times where inodes
 * were freed lately: ext4 without a journal looks at each of those before it gives one out. So an
 * attempt without text leaves its empty files for the next one, too.
 *
 * <p>What a step has replaced, taken from its owner or given away is not used again.
 */
final class Workspaces implements AutoCloseable {

  /** How many may wait for being emptied; then attempts have to wait for it. */
  private static final int MOST_WAITING = 32;

  private static final int PERMISSIONS = 07777;
  private static final int OWNER_READS_AND_WRITES = 0600;

  private final Path parent;
  private final AtomicInteger made = new AtomicInteger();
  private final Deque<Workspace> clean = new ArrayDeque<>();
  private final ThreadPoolExecutor cleaner =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("millrace-cleaner").factory(),
          new CallerRunsPolicy());
  private final SpareFiles spares;
  private volatile @Nullable FileStamp pattern;

  /**
   * Makes workspaces in that directory.
   *
   * @param parent exists
   */
  Workspaces(Path parent) {
    this.parent = parent;
    spares = new SpareFiles(parent);
  }

  /** Returns files that inputs can be written into. */
  SpareFiles spares() {
    return spares;
  }

  /** Returns a workspace in which there is nothing but {@code tmp/} and {@code inputs/}. */
  Workspace take() throws IOException {
    Workspace used;
    synchronized (clean) {
      used = clean.pollLast();
    }
    return used != null ? used : make();
  }

  private Workspace make() throws IOException {
    Workspace workspace = Workspace.at(parent.resolve(Integer.toString(made.incrementAndGet())));
    try {
      Files.createDirectory(workspace.directory());
      Files.createDirectory(workspace.tmp());
      Files.createDirectory(workspace.inputs());
      if (pattern == null) {
        pattern = FileStamp.of(workspace.directory());
      }
      return workspace;
    } catch (IOException e) {
      Removal.removeAfter(e, workspace.directory());
      throw e;
    }
  }

  /** Empties a workspace soon, to be used again. Its processes have ended. */
  void giveBack(Workspace workspace) {
    boolean own = parent.equals(workspace.directory().getParent());
    cleaner.execute(() -> restore(workspace, own));
  }

  /** Returns when all that was given back before has been emptied. */
  void awaitEmptied() throws InterruptedException {
    try {
      cleaner.submit(() -> {}).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One that was taken over from a dead engine is not used again. */
  private void restore(Workspace workspace, boolean own) {
    try {
      if (own && empty(workspace)) {
        synchronized (clean) {
          clean.add(workspace);
        }
      } else {
        remove(workspace);
      }
    } catch (IOException e) {
      // It is not used again; what is left of it goes with the directory of all.
    }
  }

  private static void remove(Workspace workspace) throws IOException {
    Removal.remove(workspace.directory());
    Removal.remove(workspace.stdout());
    Removal.remove(workspace.stderr());
  }

  /** Returns whether the workspace is as good as new. */
  private boolean empty(Workspace workspace) throws IOException {
    Path tmp = workspace.tmp();
    Path inputs = workspace.inputs();
    if (!restore(workspace.directory()) || !restore(tmp) || !restore(inputs)) {
      return false;
    }
    for (Path child : listUnlessHolding(2, workspace.directory())) {
      if (!child.equals(tmp) && !child.equals(inputs)) {
        Removal.remove(child);
      }
    }
    for (Path child : listUnlessHolding(0, tmp)) {
      Removal.remove(child);
    }
    for (Path child : listUnlessHolding(0, inputs)) {
      FileStamp stamp = FileStamp.of(child);
      if (!isOurs(stamp) || !spares.offer(child, stamp)) {
        Removal.remove(child);
      }
    }
    keepEmpty(workspace.stdout());
    keepEmpty(workspace.stderr());
    return true;
  }

  /**
   * Lists a directory, or nothing where it has just as many children as it should: to count them
   * takes half as long, and is enough for most.
   */
  private static List<Path> listUnlessHolding(int children, Path directory) throws IOException {
    String[] names = directory.toFile().list();
    return names != null && names.length == children ? List.of() : DirectoryListing.of(directory);
  }

  /** Gives a directory the mode that it had when new. Returns whether it still is one of ours. */
  private boolean restore(Path directory) throws IOException {
    FileStamp made = pattern;
    FileStamp now = look(directory);
    if (made == null || now == null || !now.isDirectory() || !isOurs(now)) {
      return false;
    }
    if (now.mode() != made.mode()) {
      FileCalls.now().setMode(directory, made.mode() & PERMISSIONS);
    }
    return true;
  }

  /** Leaves a file of text for the next command if it is empty and nobody else's, or removes it. */
  private void keepEmpty(Path text) throws IOException {
    FileStamp now = look(text);
    boolean asNew =
        now == null
            || (now.isRegularFile()
                && now.size() == 0
                && now.links() == 1
                && isOurs(now)
                && (now.mode() & OWNER_READS_AND_WRITES) == OWNER_READS_AND_WRITES);
    if (!asNew) {
      Removal.remove(text);
    }
  }

  private boolean isOurs(FileStamp stamp) {
    FileStamp made = pattern;
    return made != null && stamp.owner() == made.owner();
  }

  private static @Nullable FileStamp look(Path path) throws IOException {
    try {
      return FileStamp.of(path);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Ends the thread when it has emptied what it was given. */
  @Override
  public void close() {
    cleaner.close();
  }
}
