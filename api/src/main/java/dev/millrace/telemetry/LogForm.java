package dev.millrace.telemetry;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** How lines of the log look. */
public enum LogForm {
  /** For people: the time, the level, the part, a sentence, and fields as {@code name=value}. */
  TEXT {
    @Override
    String line(LogRecord record, String message, @Nullable String error) {
      StringBuilder line = new StringBuilder();
      line.append(time(record)).append(' ').append(level(record).toUpperCase(Locale.ROOT));
      line.append(' ').append(record.getLoggerName()).append(": ").append(oneLine(message));
      Log.Line.fields(record)
          .forEach(
              (name, value) ->
                  line.append(' ').append(name).append('=').append(word(value.toString())));
      line.append('\n');
      if (error != null) {
        error.lines().forEach(one -> line.append("  ").append(oneLine(one)).append('\n'));
      }
      return line.toString();
    }
  },

  /** For programs: one JSON object a line. */
  JSON {
    @Override
    String line(LogRecord record, String message, @Nullable String error) {
      SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
      members.put("time", text(time(record)));
      members.put("level", text(level(record)));
      members.put("logger", text(String.valueOf(record.getLoggerName())));
      members.put("message", text(message));
      Log.Line.fields(record).forEach((name, value) -> members.putIfAbsent(name, json(value)));
      if (error != null) {
        members.put("error", text(error));
      }
      return JsonText.compact(new JsonObject(members)) + "\n";
    }
  };

  private static final int DEEPEST = 10;
  private static final int MOST_FRAMES = 60;

  /**
   * Returns a line, with its end.
   *
   * @param message with its parameters put in
   * @param error what was thrown, with where it came from
   */
  abstract String line(LogRecord record, String message, @Nullable String error);

  /** Returns what gives records this form. */
  Formatter formatter() {
    return new Formatter() {
      @Override
      public String format(LogRecord record) {
        return line(record, formatMessage(record), error(record.getThrown()));
      }
    };
  }

  private static String time(LogRecord record) {
    // All times with as many digits, so that lines sort as texts.
    String time = record.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
    return time.length() > "2026-01-01T00:00:00Z".length()
        ? time
        : time.substring(0, time.length() - 1) + ".000Z";
  }

  private static String level(LogRecord record) {
    Level level = record.getLevel();
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warning";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }

  private static @Nullable String error(@Nullable Throwable thrown) {
    if (thrown == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    Throwable next = thrown;
    for (int depth = 0; next != null && depth < DEEPEST; depth++) {
      text.append(depth == 0 ? "" : "caused by ").append(next).append('\n');
      StackTraceElement[] frames = next.getStackTrace();
      for (int i = 0; i < frames.length && i < MOST_FRAMES; i++) {
        text.append("  at ").append(frames[i]).append('\n');
      }
      next = next.getCause();
    }
    return text.toString();
  }

  private static JsonValue json(Object value) {
    return value instanceof Number number && Double.isFinite(number.doubleValue())
        ? new JsonNumber(number.doubleValue())
        : text(value.toString());
  }

  /** Half a surrogate pair is no text that could be written as UTF-8. */
  private static JsonString text(String text) {
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> whole.appendCodePoint(c >= Character.MIN_SURROGATE && c <= 0xdfff ? 0xfffd : c));
    return new JsonString(whole.toString());
  }

  /** Text of others must not look like a line of its own, nor move a terminal's cursor. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\t' -> line.append(c);
        default -> line.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? '\ufffd' : c);
      }
    }
    return line.toString();
  }

  private static String word(String value) {
    boolean plain = !value.isEmpty();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      plain &= c > ' ' && c != '"' && c != '=';
    }
    return plain ? oneLine(value) : '"' + oneLine(value).replace("\"", "\\\"") + '"';
  }
}
