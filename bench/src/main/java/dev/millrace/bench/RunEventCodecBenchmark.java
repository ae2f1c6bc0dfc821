package dev.millrace.bench;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.Explanation;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
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

/** Facts to lines of the journal and back, by kind of fact. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RunEventCodecBenchmark {
  private static final long AT = 1_700_000_000_000L;

  /** The kind of fact. */
  @Param({"queued", "started", "succeeded"})
  public String fact = "";

  private final RunEventCodec codec = new RunEventCodec();
  private RunEvent event;
  private String line;

  /** Makes the fact and its line. */
  @Setup
  public void makeFact() {
    ActionKey key = new ActionKey(Samples.digest("key"));
    event =
        switch (fact) {
          case "queued" -> new RunEvent.TaskQueued(12_345, key, new Explanation.FirstTime());
          case "started" -> new RunEvent.AttemptStarted(12_345, 1, "w0");
          default -> new RunEvent.AttemptSucceeded(12_345, 1, Samples.result(12_345));
        };
    line = codec.encode(AT, event);
  }

  /** Writes it. */
  @Benchmark
  public String encode() {
    return codec.encode(AT, event);
  }

  /** Reads it. */
  @Benchmark
  public RunEventCodec.Timed decode() {
    return RunEventCodec.decode(line);
  }
}
