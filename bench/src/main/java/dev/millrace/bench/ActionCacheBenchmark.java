package dev.millrace.bench;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.journal.SqliteActionCache;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.StateLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Lookups in an action cache of 100,000 results, 256 keys at once as a wide step asks, and one at a
 * time as a chain does. The figure is for a key.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ActionCacheBenchmark {
  private static final int RESULTS = 100_000;
  private static final int AT_ONCE = 256;

  /** Whether the keys are there. */
  @Param({"hits", "misses"})
  public String keys = "";

  private final Random random = new Random(1);
  private final List<ActionKey> asked = new ArrayList<>();
  private Path directory;
  private StateLock lock;
  private SqliteDatabase database;
  private SqliteActionCache cache;

  /** Records the results. */
  @Setup
  public void fill() throws IOException {
    directory = Files.createTempDirectory("millrace-cache");
    lock = StateLock.acquire(directory, "benchmark");
    database = SqliteDatabase.open(lock);
    cache = new SqliteActionCache(database, InstantSource.system());
    List<CompletableFuture<Void>> stages = new ArrayList<>(RESULTS);
    for (int i = 0; i < RESULTS; i++) {
      Action action = Samples.action(i, 2);
      ActionKey key = ActionCodec.key(action);
      stages.add(
          cache
              .put(key, action, "wide/train[depth=" + i + "]", Samples.result(i))
              .toCompletableFuture());
      asked.add(keys.equals("hits") ? key : ActionCodec.key(Samples.action(RESULTS + i, 2)));
    }
    stages.forEach(CompletableFuture::join);
  }

  /** Closes and removes it. */
  @TearDown
  public void close() throws IOException {
    database.close();
    lock.close();
    Samples.remove(directory);
  }

  private Map<ActionKey, ActionResult> lookup(int count) {
    List<ActionKey> some = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      some.add(asked.get(random.nextInt(RESULTS)));
    }
    return cache.lookup(some);
  }

  /** Looks one up. */
  @Benchmark
  public Map<ActionKey, ActionResult> one() {
    return lookup(1);
  }

  /** Looks many up. */
  @Benchmark
  @OperationsPerInvocation(AT_ONCE)
  public Map<ActionKey, ActionResult> many() {
    return lookup(AT_ONCE);
  }
}
