package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process in the middle: what it was told is durable must be there. */
class SqliteKillTest {
  private static final int KILLS = 3;

  @TempDir private Path directory;

  @Test
  void whatWasAcknowledgedSurvivesAKill() throws IOException, InterruptedException {
    long acknowledged = 0;
    for (int i = 0; i < KILLS; i++) {
      acknowledged = writeUntilKilled();

      try (StateLock lock = StateLock.acquire(directory, "check");
          SqliteDatabase database = SqliteDatabase.open(lock)) {
        List<StoredFact> facts = new SqliteJournal(database).read("r", 1, Integer.MAX_VALUE);
        assertTrue(facts.size() >= acknowledged, facts.size() + " of " + acknowledged);
        for (StoredFact fact : facts) {
          assertEquals("fact " + fact.sequence(), fact.text());
        }
      }
    }
    assertTrue(acknowledged > 0);
  }

  private long writeUntilKilled() throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader acknowledgements = writer.inputReader(StandardCharsets.UTF_8)) {
      String line = "";
      for (int i = 0; i < 100; i++) {
        line = acknowledgements.readLine();
      }
      writer.destroyForcibly().waitFor();
      return Long.parseLong(String.valueOf(line));
    } finally {
      writer.destroyForcibly();
    }
  }

  /** Appends facts for ever, and writes the number of each that is durable. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      StateLock lock = StateLock.acquire(Path.of(arguments[0]), "write");
      Journal journal = new SqliteJournal(SqliteDatabase.open(lock));
      if (journal.find("r").isEmpty()) {
        RunRecord.Summary running = new RunRecord.Summary("running", "{}", null);
        RunRecord run = new RunRecord("r", "p", "d", Instant.EPOCH, Map.of(), running);
        journal.create(run, List.of("fact 1")).toCompletableFuture().join();
      }
      long last = journal.read("r", 1, Integer.MAX_VALUE).getLast().sequence();
      long epoch = journal.claim("r", "writer");
      try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
        while (true) {
          last++;
          List<String> facts = List.of("fact " + last);
          journal.append("r", epoch, last, facts, null).toCompletableFuture().join();
          out.write((last + "\n").getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
  }
}
