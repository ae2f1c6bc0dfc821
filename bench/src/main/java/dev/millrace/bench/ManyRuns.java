package dev.millrace.bench;

import dev.millrace.journal.Journal;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.SqliteJournal;
import dev.millrace.journal.StateLock;
import dev.millrace.journal.StoredFact;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Gives a state directory a long past: copies of its newest run, older and older, with labels and
 * states that vary. For measuring how fast the commands are that look back.
 *
 * <pre>
 * usage: ManyRuns STATE COUNT
 * </pre>
 */
public final class ManyRuns {
  private static final String[] PIPELINES = {"nightly", "train", "report"};
  private static final int AT_ONCE = 1_000;
  private static final int DIGITS = 7;

  private ManyRuns() {}

  /** Copies. */
  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[1]);
    try (StateLock lock = StateLock.acquire(Path.of(arguments[0]), "bench");
        SqliteDatabase database = SqliteDatabase.open(lock);
        Journal journal = new SqliteJournal(database)) {
      RunRecord newest = journal.list(RunQuery.newest(1)).getFirst();
      List<String> facts =
          journal.read(newest.id(), 1, Integer.MAX_VALUE).stream().map(StoredFact::text).toList();
      CompletableFuture<?>[] made = new CompletableFuture<?>[AT_ONCE];
      for (int from = 0; from < count; from += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) {
          made[i] = journal.create(copy(newest, from + i), facts).toCompletableFuture();
        }
        CompletableFuture.allOf(made).join();
      }
    }
  }

  private static RunRecord copy(RunRecord run, int number) {
    // One in a hundred has not succeeded, as where people look for what went wrong.
    String status = number % 100 == 7 ? "failed" : "succeeded";
    String digits = Integer.toString(number);
    Duration age = Duration.ofMinutes(number + 1L);
    return new RunRecord(
        "20200101-" + "0".repeat(DIGITS - digits.length()) + digits,
        PIPELINES[number % PIPELINES.length],
        run.submissionDigest() + "-" + number,
        run.submitted().minus(age),
        Map.of("owner", "user" + number % 50, "build", digits),
        new RunRecord.Summary(status, run.summary().counts(), run.submitted().minus(age)));
  }
}
