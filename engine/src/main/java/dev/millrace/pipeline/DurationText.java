package dev.millrace.pipeline;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The written form of durations: {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 250ms}. */
public final class DurationText {

  /** The longest duration that can be written. */
  public static final Duration MAX = Duration.ofDays(3650);

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?" + "(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1000, 1};

  private DurationText() {}

  /** Reads a duration; returns null where the text is none, or more than {@link #MAX}. */
  public static @Nullable Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (text.isEmpty() || !form.matches()) {
      return null;
    }
    long millis = 0;
    for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
      String count = form.group(unit + 1);
      millis += count == null ? 0 : Long.parseLong(count) * UNIT_MILLIS[unit];
    }
    return checked(Duration.ofMillis(millis));
  }

  /** Takes a number of seconds; returns null where it is negative, or more than {@link #MAX}. */
  public static @Nullable Duration ofSeconds(double seconds) {
    if (seconds < 0 || seconds > MAX.toSeconds()) {
      return null;
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private static @Nullable Duration checked(Duration duration) {
    return duration.compareTo(MAX) > 0 ? null : duration;
  }
}
