package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentKeysTest {
  @TempDir private Path directory;
  private final RecentKeys keys = new RecentKeys();

  @Test
  void blocksAreReadAsTheyGrow() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      assertEquals(List.of(), numbers(database, 7));

      write(database, 1, 7, 8);
      assertEquals(List.of(1L), numbers(database, 7));

      write(database, 1, 7, 8, 7, 9);
      write(database, 5, 7);
      assertEquals(List.of(5L, 3L, 1L), numbers(database, 7));
      assertEquals(List.of(4L), numbers(database, 9));
      assertEquals(List.of(), numbers(database, 7 + (1L << 32)));
    }
  }

  @Test
  void whatIsSettledIsLeftOut() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      write(database, 1, 7, 8);
      assertEquals(List.of(1L), numbers(database, 7));
      settle(database);
      assertEquals(List.of(), numbers(database, 7));

      write(database, 3, 8, 7);
      assertEquals(List.of(4L), numbers(database, 7));
      settle(database);
      write(database, 5, 7, 7);
      write(database, 9, 7);
      assertEquals(List.of(9L, 6L, 5L), numbers(database, 7));
    }
  }

  @Test
  void manyAreToldApart() throws IOException {
    int blocks = 300;
    int size = 100;
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      for (int block = 0; block < blocks; block++) {
        long[] prefixes = new long[size];
        for (int i = 0; i < size; i++) {
          prefixes[i] = prefix(block * size + i);
        }
        write(database, 1 + block * (size + 1L), prefixes);
        if (block % 7 == 0) {
          assertEquals(List.of(1L), numbers(database, prefix(0)));
        }
      }
      for (int i = 0; i < blocks * size; i++) {
        assertEquals(List.of(1L + i + i / size), numbers(database, prefix(i)));
      }
    }
  }

  private static long prefix(int i) {
    return (i * 0x9E3779B97F4A7C15L) >>> 16;
  }

  private static void write(SqliteDatabase database, long first, long... prefixes) {
    ByteBuffer block = ByteBuffer.allocate(prefixes.length * Long.BYTES);
    block.asLongBuffer().put(prefixes);
    database
        .write(
            statements -> {
              var insert = statements.of("INSERT OR REPLACE INTO recent_keys VALUES (?, ?)");
              insert.setLong(1, first);
              insert.setBytes(2, block.array());
              insert.executeUpdate();
            })
        .join();
  }

  private static void settle(SqliteDatabase database) {
    database.write(statements -> statements.run("DELETE FROM recent_keys")).join();
  }

  private List<Long> numbers(SqliteDatabase database, long prefix) {
    return database.read(
        statements -> {
          keys.refresh(statements);
          return keys.numbers(prefix);
        });
  }
}
