package dev.millrace.pipeline;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The written form of amounts: {@code 2}, {@code 0.5}, {@code 512Mi}, {@code 1Gi}, {@code 2G}. */
public final class Quantity {

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,18})?)(?:([KMGT])(i?)B?)?");

  private Quantity() {}

  /**
   * Reads an amount. {@code K}, {@code M}, {@code G} and {@code T} are powers of 1000, with an
   * {@code i} of 1024.
   *
   * @return the amount, not negative; empty if the text is none
   */
  public static OptionalDouble parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return OptionalDouble.empty();
    }
    double number = Double.parseDouble(form.group(1));
    String unit = form.group(2);
    if (unit == null) {
      return OptionalDouble.of(number);
    }
    double base = "i".equals(form.group(3)) ? 1024 : 1000;
    return OptionalDouble.of(number * Math.pow(base, "KMGT".indexOf(unit) + 1));
  }
}
