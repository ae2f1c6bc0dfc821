package dev.millrace.executors.process;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names one executor of one engine process in the environment of every process it starts, so that
 * they can be found when the engine is gone: {@code MILLRACE_ENGINE=<state>-<pid>-<start>-<n>.<k>}.
 *
 * <p>The state directory lets a new engine recognise what earlier engines of the same directory
 * left behind; process id and start time tell whether that engine still lives; {@code k} counts the
 * executor's attempts.
 *
 * @param state the first digits of the hash of the state directory's real path
 * @param enginePid the engine's process id
 * @param engineStart when the engine's process started, in clock ticks since boot; 0 where unknown
 * @param instance counts the executors of one engine process
 */
public record EngineMark(String state, long enginePid, long engineStart, int instance) {

  /** The environment variable that carries the mark. */
  public static final String VARIABLE = "MILLRACE_ENGINE";

  private static final int STATE_DIGITS = 12;
  private static final Pattern FORM = Pattern.compile("([0-9a-f]+)-(\\d+)-(\\d+)-(\\d+)(\\.\\d+)?");
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  /** Returns a new mark for an executor of this process. */
  static EngineMark next(Path stateDirectory) {
    long pid = ProcessHandle.current().pid();
    ProcStat self = ProcStat.read(pid);
    long start = self == null ? 0 : self.startTicks();
    return new EngineMark(stateOf(stateDirectory), pid, start, INSTANCES.incrementAndGet());
  }

  /**
   * Returns how marks name a state directory.
   *
   * @param stateDirectory exists
   */
  public static String stateOf(Path stateDirectory) {
    try {
      return Digest.of(stateDirectory.toRealPath().toString()).hex().substring(0, STATE_DIGITS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot find the state directory " + stateDirectory, e);
    }
  }

  /** Returns the mark that a variable's value holds, or null when it is none. */
  public static @Nullable EngineMark parse(String value) {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      return null;
    }
    try {
      return new EngineMark(
          matcher.group(1),
          Long.parseLong(matcher.group(2)),
          Long.parseLong(matcher.group(3)),
          Integer.parseInt(matcher.group(4)));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Returns the variable's value without the count of the attempt. */
  public String value() {
    return state + "-" + enginePid + "-" + engineStart + "-" + instance;
  }

  /** Returns the variable's value for one attempt. */
  String ofAttempt(long count) {
    return value() + "." + count;
  }

  /** Tells whether the process of the engine that this mark names still lives. */
  public boolean isEngineAlive() {
    if (engineStart == 0) {
      return ProcessHandle.of(enginePid).isPresent();
    }
    ProcStat engine = ProcStat.read(enginePid);
    return engine != null && engine.startTicks() == engineStart && !engine.isZombie();
  }
}
