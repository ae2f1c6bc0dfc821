package dev.millrace.telemetry;

import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One part of the server that writes to its log. A line is a sentence that is always the same, and
 * what is different each time in fields, so that logs can be searched by both.
 *
 * <p>Never waits for whoever reads the log. Safe for use by many threads.
 */
public final class Log {
  /** What a line is about, as a field: the id of a run. */
  public static final String RUN = "run";

  /** Likewise, the name of a task. */
  public static final String TASK = "task";

  private final Logger logger;

  private Log(Logger logger) {
    this.logger = logger;
  }

  /**
   * Returns the log of a part.
   *
   * @param part such as {@code webhooks}
   */
  public static Log of(String part) {
    return new Log(Logger.getLogger("dev.millrace." + part));
  }

  /** Says what happens in the normal course of things. */
  public void info(String message, Map<String, ?> fields) {
    write(Level.INFO, message, fields, null);
  }

  /** Says what somebody may want to look into. */
  public void warning(String message, Map<String, ?> fields) {
    write(Level.WARNING, message, fields, null);
  }

  /**
   * Says that something failed that should not.
   *
   * @param failure shown with where it came from, or null
   */
  public void error(String message, Map<String, ?> fields, @Nullable Throwable failure) {
    write(Level.SEVERE, message, fields, failure);
  }

  private void write(
      Level level, String message, Map<String, ?> fields, @Nullable Throwable failure) {
    if (logger.isLoggable(level)) {
      Line line = new Line(level, message, fields);
      line.setLoggerName(logger.getName());
      line.setThrown(failure);
      logger.log(line);
    }
  }

  /** A line with its fields. */
  static final class Line extends LogRecord {
    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> fields = new TreeMap<>();

    Line(Level level, String message, Map<String, ?> fields) {
      super(level, message);
      this.fields.putAll(fields);
    }

    /** Returns the fields of a record, if it has any. Numbers stay numbers, in JSON as well. */
    static Map<String, Object> fields(LogRecord record) {
      return record instanceof Line line ? line.fields : Map.of();
    }
  }
}
