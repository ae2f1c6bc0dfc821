package dev.millrace.bench;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The key of an action: its canonical JSON, and the SHA-256 of that. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ActionKeyBenchmark {
  /** How many inputs the action has. */
  @Param({"2", "100"})
  public int inputs;

  private Action action;

  /** Makes the action. */
  @Setup
  public void makeAction() {
    action = Samples.action(7, inputs);
  }

  /** Makes the key. */
  @Benchmark
  public ActionKey key() {
    return ActionCodec.key(action);
  }
}
