package dev.millrace.bench;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.Explanation;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.SqliteJournal;
import dev.millrace.journal.StateLock;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Durable appends to the journal; {@code facts} is the number of facts a second.
 *
 * <p>{@code one} waits for each append, as a chain of steps does: most of it is the disk's sync.
 * {@code grouped} has 64 appends under way at once, as many runs and wide ones do, and shows what
 * group commit makes of it; its operations are groups of 64.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class JournalBenchmark {
  private static final int UNDER_WAY = 64;

  /** How many facts an append has. */
  @Param({"1", "100", "1000"})
  public int batch;

  private Path directory;
  private StateLock lock;
  private SqliteDatabase database;
  private SqliteJournal journal;
  private List<String> facts;
  private long next = 1;

  /** Counts the facts. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counted {
    /** So many were appended. */
    public long facts;
  }

  /** Opens the journal of one run. */
  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("millrace-journal");
    lock = StateLock.acquire(directory, "benchmark");
    database = SqliteDatabase.open(lock);
    journal = new SqliteJournal(database);
    RunRecord.Summary summary = new RunRecord.Summary("running", "{}", null);
    RunRecord run = new RunRecord("run", "wide", "sha256:0", Instant.EPOCH, Map.of(), summary);
    journal.create(run, List.of()).toCompletableFuture().join();
    String line =
        new RunEventCodec()
            .encode(
                1_700_000_000_000L,
                new RunEvent.TaskQueued(
                    12_345, new ActionKey(Samples.digest("key")), new Explanation.FirstTime()));
    facts = Collections.nCopies(batch, line);
  }

  /** Closes it and removes it. */
  @TearDown
  public void close() throws IOException {
    database.close();
    lock.close();
    Samples.remove(directory);
  }

  private CompletionStage<Void> append() {
    CompletionStage<Void> stage = journal.append("run", 1, next, facts, null);
    next += batch;
    return stage;
  }

  /** Appends once, and waits. */
  @Benchmark
  public void one(Counted counted) {
    append().toCompletableFuture().join();
    counted.facts += batch;
  }

  /** Appends several times, and waits for all. */
  @Benchmark
  public void grouped(Counted counted) {
    List<CompletionStage<Void>> stages = new ArrayList<>(UNDER_WAY);
    for (int i = 0; i < UNDER_WAY; i++) {
      stages.add(append());
    }
    stages.forEach(stage -> stage.toCompletableFuture().join());
    counted.facts += (long) UNDER_WAY * batch;
  }
}
