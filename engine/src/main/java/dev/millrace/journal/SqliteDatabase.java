package dev.millrace.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * The embedded database of one state directory, {@code millrace.db}: the journal, the runs and the
 * action cache, in one file so that they share their commits.
 *
 * <p>SQLite in write-ahead mode with a sync at each commit: readers, of other processes too, never
 * wait for the writer. One thread writes (see {@link GroupCommit}), another copies what was written
 * from the log into the database (see {@link Checkpointer}).
 */
public final class SqliteDatabase implements AutoCloseable {
  /**
   * The version of the schema that this program reads and writes; kept in SQLite's user_version.
   */
  private static final int SCHEMA = 5;

  /** The first step of the schema: it makes a new file, and replaces what was before releases. */
  private static final int FIRST_STEP = 2;

  /** For the writer; negative as SQLite wants it. The keys of a million results should stay. */
  private static final int CACHE_KIBIBYTES = -64_000;

  private final ReadPool readers;
  private final @Nullable GroupCommit writer;
  private final YoungCache youngCache;
  private final RecentKeys recentKeys = new RecentKeys();

  private SqliteDatabase(ReadPool readers, @Nullable GroupCommit writer, YoungCache youngCache) {
    this.readers = readers;
    this.writer = writer;
    this.youngCache = youngCache;
  }

  /**
   * Has the driver loaded, which takes a cold virtual machine some 60 ms: for a thread that has
   * time while another reads what is to be run.
   */
  public static void warmUp() {
    try {
      JDBC.createConnection(JDBC.PREFIX + ":memory:", writing()).close();
    } catch (SQLException | RuntimeException | LinkageError e) {
      // Whoever opens a database is told. A command that ends at once makes the driver fail, too.
    }
  }

  /**
   * Opens the database for writing; makes it, or brings it to this program's schema, where needed.
   *
   * @param lock the right to write in the directory; to be closed after the database
   * @throws IOException if it cannot be opened, or was made by a newer program
   */
  public static SqliteDatabase open(StateLock lock) throws IOException {
    return open(lock, CommitObserver.NONE);
  }

  /**
   * Does the same, and has somebody watch the commits.
   *
   * @param lock the right to write in the directory; to be closed after the database
   * @throws IOException if it cannot be opened, or was made by a newer program
   */
  public static SqliteDatabase open(StateLock lock, CommitObserver observer) throws IOException {
    Path file = file(lock.directory());
    try {
      Statements statements = connect(file, writing());
      try {
        migrate(statements, file);
        YoungCache youngCache = new YoungCache(ResultIndex.last(statements) == 0);
        Checkpointer checkpointer = new Checkpointer(() -> connect(file, writing()));
        GroupCommit writer = new GroupCommit(statements, file, checkpointer, observer);
        return new SqliteDatabase(readers(file), writer, youngCache);
      } catch (SQLException | IOException | RuntimeException e) {
        statements.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException(file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * Opens the database for reading only, beside a process that writes or without one.
   *
   * @throws NoSuchFileException if nothing was ever run with this state directory
   * @throws IOException if it cannot be opened, or has another schema than this program's
   */
  public static SqliteDatabase openReadOnly(Path stateDirectory) throws IOException {
    Path file = file(stateDirectory);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "nothing has been run here yet");
    }
    ReadPool readers = readers(file);
    int version;
    try {
      version = readers.read(SqliteDatabase::version);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (version != SCHEMA) {
      readers.close();
      throw new IOException(otherSchema(file, version));
    }
    return new SqliteDatabase(readers, null, new YoungCache(false));
  }

  private static Path file(Path stateDirectory) {
    return stateDirectory.resolve("millrace.db");
  }

  private static ReadPool readers(Path file) {
    return new ReadPool(() -> connect(file, reading()), file.toString());
  }

  private static Statements connect(Path file, Properties properties) throws SQLException {
    return new Statements(JDBC.createConnection(JDBC.PREFIX + file, properties));
  }

  private static Properties writing() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setCacheSize(CACHE_KIBIBYTES);
    config.setPragma(
        SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(Checkpointer.LOG_PAGES));
    // The driver would ask for the number of the new row after each insert, by another statement.
    config.setGetGeneratedKeys(false);
    return config.toProperties();
  }

  private static Properties reading() {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return config.toProperties();
  }

  private static void migrate(Statements statements, Path file) throws SQLException, IOException {
    int version = version(statements);
    if (version == SCHEMA) {
      return;
    }
    if (version > SCHEMA) {
      throw new IOException(otherSchema(file, version));
    }
    StringBuilder script = new StringBuilder("BEGIN IMMEDIATE;\n");
    for (int next = Math.max(version + 1, FIRST_STEP); next <= SCHEMA; next++) {
      script.append(resource("schema-" + next + ".sql"));
    }
    statements.script(script + "PRAGMA user_version = " + SCHEMA + ";\nCOMMIT;\n");
  }

  private static int version(Statements statements) throws SQLException {
    try (ResultSet row = statements.of("PRAGMA user_version").executeQuery()) {
      return row.getInt(1);
    }
  }

  private static String otherSchema(Path file, int version) {
    return version > SCHEMA
        ? file + " was made by a newer millrace (schema " + version + "): use that one"
        : file + " was made by an older millrace (schema " + version + "): start a run to renew it";
  }

  private static String resource(String name) throws IOException {
    try (InputStream text = SqliteDatabase.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException("the program is incomplete: " + name + " is missing");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Submits a change.
   *
   * @return completes when it is durable; fails with an {@link IOException} where the group it was
   *     in could not be committed, and with what the change threw where that refused
   */
  CompletableFuture<Void> write(Write write) {
    return writer != null
        ? writer.submit(write)
        : CompletableFuture.failedFuture(
            new IllegalStateException("the database was opened for reading only"));
  }

  /** Submits a change that may wait a moment for others to go along with; see {@link #write}. */
  CompletableFuture<Void> writeLazily(Write write) {
    return writer != null ? writer.submitLazily(write) : write(write);
  }

  /**
   * Submits a change that may wait for others as well, and that is not given up while the database
   * cannot be written: it is durable before whatever is submitted behind it.
   */
  CompletableFuture<Void> writePatiently(Write write) {
    return writer != null ? writer.submitPatiently(write) : write(write);
  }

  /**
   * Writes what changes nothing, to see whether anything can be written.
   *
   * @return as {@link #write} does
   */
  public CompletableFuture<Void> probe() {
    return write(statements -> statements.run("PRAGMA user_version = " + SCHEMA));
  }

  /** Returns what the cache can have. */
  YoungCache youngCache() {
    return youngCache;
  }

  /** Returns the keys of the newest results. */
  RecentKeys recentKeys() {
    return recentKeys;
  }

  /** Returns whether it was opened for writing. */
  boolean isWritable() {
    return writer != null;
  }

  /**
   * Answers a question from what is committed. It must not start another read.
   *
   * @throws UncheckedIOException if the database cannot be read
   */
  <T> T read(Read<T> read) {
    return readers.read(read);
  }

  /** Commits all that was submitted, and closes. */
  @Override
  public void close() {
    readers.close();
    if (writer != null) {
      writer.close();
    }
  }
}
