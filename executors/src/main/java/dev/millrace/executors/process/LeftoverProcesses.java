package dev.millrace.executors.process;

import java.nio.charset.StandardCharsets;
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
 * when the journal knows of attempts that were running. Where there is no {@code /proc}, it finds
 * nothing.
 */
public final class LeftoverProcesses {
  private static final String START = EngineMark.VARIABLE + "=";
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int QUIET_ROUNDS = 2;

  private LeftoverProcesses() {}

  /**
   * Kills what dead engines of a state directory left, and waits until it is gone.
   *
   * @param stateDirectory as given to {@link ProcessTaskExecutor}
   * @return how many processes were killed
   */
  public static int killOf(Path stateDirectory) {
    String state = EngineMark.stateOf(stateDirectory);
    return kill(mark -> mark.state().equals(state) && !mark.isEngineAlive());
  }

  /**
   * Kills the processes with the marks that are wished, waits until they are gone (10 s at most),
   * and catches those that they start meanwhile.
   *
   * @return how many processes were killed
   */
  public static int kill(Predicate<EngineMark> wished) {
    return killValues(
        value -> {
          EngineMark mark = EngineMark.parse(value);
          return mark != null && wished.test(mark);
        });
  }

  /** The same by the variable's whole value, which names one attempt. */
  static int killValues(Predicate<String> wished) {
    Set<ProcessHandle> killed = new HashSet<>();
    long deadline = System.nanoTime() + PATIENCE;
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && System.nanoTime() < deadline) {
      quiet = killFound(wished, killed) ? quiet + 1 : 0;
      if (quiet == 0) {
        LockSupport.parkNanos(PAUSE);
      }
    }
    return killed.size();
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
