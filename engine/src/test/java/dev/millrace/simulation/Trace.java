package dev.millrace.simulation;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** What happened, as one number that two equal simulations share, and as lines for people. */
public final class Trace {
  private final SimulatedTime time;
  private final Coverage coverage;
  private final @Nullable PrintStream out;
  private long hash = 1;

  /**
   * @param out where lines go, or null
   */
  public Trace(SimulatedTime time, Coverage coverage, @Nullable PrintStream out) {
    this.time = time;
    this.coverage = coverage;
    this.out = out;
  }

  /**
   * Notes something.
   *
   * @param kind counted by the coverage, such as {@code fault: node killed}
   * @param what the rest
   */
  public void note(String kind, Object what) {
    coverage.count(kind);
    String text = what.toString();
    hash =
        (hash * 31 + kind.hashCode()) * 31 + text.hashCode() + time.micros() * 0x9E3779B97F4A7C15L;
    if (out != null) {
      out.printf("%10.3f s  %-28s %s%n", time.micros() / 1e6, kind, text);
    }
  }

  /** Counts something that is too much for the lines. */
  public void count(String kind) {
    coverage.count(kind);
  }

  /** Returns the number. */
  public long hash() {
    return hash;
  }
}
