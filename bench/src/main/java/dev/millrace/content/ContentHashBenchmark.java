package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The name of a blob of 64 MiB, in memory: by the content store's own way, and by the Java
 * platform's. In this package to see {@link ContentHash}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContentHashBenchmark {
  private static final int SIZE = 64 << 20;

  private final byte[] content = new byte[SIZE];

  /** Makes bytes. */
  @Setup
  public void makeContent() {
    new Random(1).nextBytes(content);
  }

  /** As the content store does. */
  @Benchmark
  public Digest store() {
    try (ContentHash hash = ContentHash.begin(SIZE)) {
      hash.update(ByteBuffer.wrap(content));
      return hash.finish();
    }
  }

  /** As the Java platform does. */
  @Benchmark
  public Digest platform() {
    return Digest.of(content);
  }
}
