package dev.millrace.executors.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The orphans that this process has adopted: what attempts left behind, or detached from
 * themselves.
 *
 * <p>This process is a "child subreaper" (prctl(2)): whatever loses its parent anywhere below it
 * becomes its child, in the list of its first thread. Commands are children of the threads that
 * launched them, so that list holds orphans only, and those children of this process whose thread
 * has ended. The kernel hands over the orphans of a process before the process can be waited for.
 * Hence, once a leader is a zombie, everything left of its attempt hangs below entries of that
 * list, and an empty list, which takes one system call to see, proves that nothing is left: neither
 * background children nor daemons with a session of their own.
 *
 * <p>A list that is not empty is searched with the {@link Traces} of the attempt. Killing an orphan
 * makes its own children orphans, which become entries in turn, so the search goes on until nothing
 * is found. The kernel may skip an entry when another is removed during a read, which is why two
 * searches in a row must find nothing. Children with this process's own session are the virtual
 * machine's own ({@link ProcessBuilder}) and are left alone: no process can enter that session.
 */
final class AdoptedProcesses {
  private static final int MOST_DEPTH = 100;
  private static final int EPERM = 1;
  private static final long REAPED_AFTER = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

  private final long self;
  private final long ownSession;
  private final int listing;
  private final boolean active;
  private int removals;
  private Map<Long, Long> zombies = Map.of();

  private static @Nullable AdoptedProcesses instance;

  private AdoptedProcesses() {
    NativeMemory memory = NativeMemory.ofThread();
    self = Libc.ownPid(memory);
    ProcStat stat = ProcStat.read(self);
    ownSession = stat == null ? -1 : stat.session();
    listing = Libc.open(memory, listOf(self, self), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (listing < 0 && LaunchFailure.isLackOfRoom(memory.errno())) {
      throw new NoRoomException("no file descriptor for the list of processes");
    }
    active = listing >= 0 && stat != null && Libc.becomeSubreaper(memory);
    Libc.keepEndedChildren(memory);
  }

  /**
   * Returns the one of this process, as the list is; made when the first command is launched.
   *
   * @throws NoRoomException when it cannot be made now
   */
  static synchronized AdoptedProcesses ofThisProcess() {
    AdoptedProcesses known = instance;
    if (known == null) {
      known = new AdoptedProcesses();
      instance = known;
    }
    return known;
  }

  /** Tells whether the kernel offers what this class rests on. */
  boolean isActive() {
    return active;
  }

  /** Tells whether nothing at all has been adopted. */
  boolean isNone(NativeMemory memory) {
    return Libc.readStart(memory, listing) == 0;
  }

  /**
   * Notes everything that hangs below the leader now; nothing when that cannot be seen, since what
   * matters is to go on and kill.
   */
  void noteDescendants(long leader, Traces traces) {
    try {
      descendants(leader).forEach(traces::addSeen);
    } catch (NoRoomException e) {
      // Left are the other traces.
    }
  }

  /**
   * Kills and reaps what an attempt has left; its leader is a zombie. Takes as long as nothing can
   * be seen for want of a file descriptor: an attempt has not ended before it is known to have.
   */
  void removeAll(NativeMemory memory, Traces traces) {
    begin();
    try {
      int quiet = 0;
      while (quiet < 2) {
        Search search = searchWhenPossible(memory, traces);
        quiet = search.found() ? 0 : quiet + 1;
        if (search.living() != 0) {
          Libc.awaitExit(memory, search.living());
        }
      }
    } finally {
      end();
    }
  }

  /**
   * Reaps what ended by itself, so that an attempt that makes many orphans does not fill the
   * process table. Called now and then; only what was a zombie at the last call too is reaped,
   * since the virtual machine waits for its own children itself.
   */
  synchronized void reapEnded(NativeMemory memory) {
    if (removals > 0 || isNone(memory)) {
      return;
    }
    try {
      zombies = reapSeen(memory, System.nanoTime());
    } catch (NoRoomException e) {
      // The next call may see more.
    }
  }

  /** Returns since when those are zombies that are not yet reaped. */
  private Map<Long, Long> reapSeen(NativeMemory memory, long now) {
    Map<Long, Long> ended = new HashMap<>();
    for (long pid : childrenOf(self, self)) {
      ProcStat process = ProcStat.read(pid);
      if (process != null && process.isZombie() && process.parent() == self) {
        long since = zombies.getOrDefault(pid, now);
        if (now - since >= REAPED_AFTER) {
          Libc.reap(memory, pid, Libc.WNOHANG);
        } else {
          ended.put(pid, since);
        }
      }
    }
    return ended;
  }

  private synchronized void begin() {
    removals++;
  }

  private synchronized void end() {
    removals--;
  }

  /**
   * What one search saw: something of the attempt; the pid of a part of it that is to die, or 0.
   */
  private record Search(boolean found, long living) {}

  private Search searchWhenPossible(NativeMemory memory, Traces traces) {
    while (true) {
      try {
        return search(memory, traces);
      } catch (NoRoomException e) {
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  /** Entries cannot be reaped by anyone else in here, so their numbers are theirs. */
  private synchronized Search search(NativeMemory memory, Traces traces) {
    boolean found = false;
    long living = 0;
    for (long pid : childrenOf(self, self)) {
      ProcStat process = ProcStat.read(pid);
      if (process == null || process.session() == ownSession || !belongs(process, traces)) {
        continue;
      }
      if (process.isZombie()) {
        Libc.reap(memory, pid, Libc.WNOHANG);
        found = true;
      } else if (kill(memory, process)) {
        living = pid;
        found = true;
      }
    }
    return new Search(found, living);
  }

  /** Returns false when it may not be killed, as a program of another user: nothing helps then. */
  private static boolean kill(NativeMemory memory, ProcStat process) {
    Libc.kill(memory, -process.group(), Libc.SIGKILL);
    return Libc.kill(memory, process.pid(), Libc.SIGKILL) == 0 || memory.errno() != EPERM;
  }

  /** What hangs below an entry came there through it, so an entry above a trace belongs as well. */
  private static boolean belongs(ProcStat process, Traces traces) {
    if (traces.isOf(process)) {
      return true;
    }
    for (ProcStat below : descendants(process.pid())) {
      if (traces.isOf(below)) {
        traces.addSeen(process);
        return true;
      }
    }
    return false;
  }

  private static List<ProcStat> descendants(long root) {
    List<ProcStat> found = new ArrayList<>();
    addDescendants(root, found, 0);
    return found;
  }

  private static void addDescendants(long parent, List<ProcStat> found, int depth) {
    if (depth > MOST_DEPTH) {
      return;
    }
    for (long thread : threadsOf(parent)) {
      for (long child : childrenOf(parent, thread)) {
        ProcStat process = ProcStat.read(child);
        if (process != null) {
          found.add(process);
          addDescendants(child, found, depth + 1);
        }
      }
    }
  }

  private static List<Long> threadsOf(long pid) {
    return ProcFiles.numbersIn("/proc/" + pid + "/task");
  }

  private static String listOf(long pid, long thread) {
    return "/proc/" + pid + "/task/" + thread + "/children";
  }

  private static List<Long> childrenOf(long pid, long thread) {
    byte[] text = ProcFiles.read(listOf(pid, thread));
    if (text == null) {
      return List.of();
    }
    List<Long> children = new ArrayList<>();
    for (String number : new String(text, StandardCharsets.ISO_8859_1).strip().split(" ")) {
      if (!number.isEmpty()) {
        children.add(Long.parseLong(number));
      }
    }
    return children;
  }
}
