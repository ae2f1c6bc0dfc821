package dev.millrace.executors.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Processes that engines left behind, found by their {@link EngineMark}. For the start of an
 * engine: reads the environment of every process of this user (about 10 µs each), so call it only
 * where an engine has died. Where there is no {@code /proc}, it finds nothing.
 */
public final class LeftoverProcesses {
  private static final String START = EngineMark.VARIABLE + "=";
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int QUIET_ROUNDS = 2;

  private LeftoverProcesses() {}

  /**
   * @param complete whether nothing more was there at the end
   */
  private record Search(int killed, boolean complete) {}

  /**
   * Kills what dead engines of a state directory left, as {@link #killOf} does, if any engine has
   * died there. What cannot be killed now is looked for again at the next call.
   */
  static void endOf(Path stateDirectory) {
    List<Path> dead;
    try {
      dead = MarkFiles.ofTheDead(stateDirectory);
    } catch (IOException e) {
      killOf(stateDirectory);
      return;
    }
    if (!dead.isEmpty() && search(ofDeadEngines(stateDirectory)).complete) {
      for (Path file : dead) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          // The next start searches in vain.
        }
      }
    }
  }

  /**
   * Kills what dead engines of a state directory left, and waits until it is gone.
   *
   * @param stateDirectory as given to {@link ProcessTaskExecutor}
   * @return how many processes were killed
   */
  public static int killOf(Path stateDirectory) {
    return search(ofDeadEngines(stateDirectory)).killed;
  }

  private static Predicate<String> ofDeadEngines(Path stateDirectory) {
    String state = EngineMark.stateOf(stateDirectory);
    return value -> {
      EngineMark mark = EngineMark.parse(value);
      return mark != null && mark.state().equals(state) && !mark.isEngineAlive();
    };
  }

  /**
   * Kills the processes whose mark, the variable's whole value, is wished; waits until they are
   * gone (10 s at most), and catches those that they start meanwhile.
   *
   * @return how many processes were killed
   */
  static int killValues(Predicate<String> wished) {
    return search(wished).killed;
  }

  private static Search search(Predicate<String> wished) {
    Set<ProcessHandle> killed = new HashSet<>();
    long deadline = System.nanoTime() + PATIENCE;
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && System.nanoTime() < deadline) {
      quiet = killFound(wished, killed) ? quiet + 1 : 0;
      if (quiet == 0) {
        LockSupport.parkNanos(PAUSE);
      }
    }
    return new Search(killed.size(), quiet == QUIET_ROUNDS);
  }

  /** Returns true when there is nothing to kill, as far as that can be seen. */
  private static boolean killFound(Predicate<String> wished, Set<ProcessHandle> killed) {
    try {
      Set<ProcessHandle> found = find(wished);
      found.forEach(ProcessHandle::destroyForcibly);
      killed.addAll(found);
      return found.isEmpty();
    } catch (NoRoomException e) {
      return false;
    }
  }

  /** Kills processes, and waits until they are gone (10 s at most). */
  static void kill(Collection<ProcessHandle> processes) {
    processes.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + PATIENCE;
    for (ProcessHandle process : processes) {
      while (isRunning(process) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  /** A zombie is not: it only waits for its parent. */
  private static boolean isRunning(ProcessHandle process) {
    ProcStat stat = ProcStat.read(process.pid());
    return process.isAlive() && (stat == null || !stat.isZombie());
  }

  /**
   * The marked ones, and all of the sessions that those lead: a part of an attempt that has cleared
   * its environment.
   */
  private static Set<ProcessHandle> find(Predicate<String> wished) {
    Set<ProcessHandle> found = new HashSet<>();
    Set<Long> leaders = new HashSet<>();
    for (long pid : allPids()) {
      if (isWished(pid, wished)) {
        leaders.add(pid);
        add(pid, () -> isWished(pid, wished), found);
      }
    }
    for (long pid : leaders.isEmpty() ? List.<Long>of() : allPids()) {
      if (isLed(pid, leaders)) {
        add(pid, () -> isLed(pid, leaders), found);
      }
    }
    return found;
  }

  /**
   * A handle knows the start time, so it cannot hit a later process of the same number; but that is
   * why what was seen before it was made must be seen again.
   */
  private static void add(long pid, BooleanSupplier condition, Set<ProcessHandle> found) {
    ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
    if (handle != null && condition.getAsBoolean()) {
      found.add(handle);
    }
  }

  private static boolean isWished(long pid, Predicate<String> wished) {
    String value = valueOf(pid);
    return value != null && wished.test(value);
  }

  private static boolean isLed(long pid, Set<Long> leaders) {
    ProcStat stat = ProcStat.read(pid);
    return stat != null && !stat.isZombie() && leaders.contains(stat.session());
  }

  private static List<Long> allPids() {
    List<Long> pids = new ArrayList<>(ProcFiles.numbersIn("/proc"));
    pids.remove(ProcessHandle.current().pid());
    return pids;
  }

  private static @Nullable String valueOf(long pid) {
    byte[] environment = ProcFiles.read("/proc/" + pid + "/environ");
    if (environment == null) {
      return null;
    }
    for (String variable : new String(environment, StandardCharsets.ISO_8859_1).split("\0")) {
      if (variable.startsWith(START)) {
        return variable.substring(START.length());
      }
    }
    return null;
  }
}
