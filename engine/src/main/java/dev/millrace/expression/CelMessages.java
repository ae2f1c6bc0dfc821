package dev.millrace.expression;

import dev.cel.common.CelIssue;
import dev.cel.runtime.CelEvaluationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the language's messages into sentences for people. */
final class CelMessages {

  private static final Pattern NO_OVERLOAD =
      Pattern.compile("found no matching overload for '([^']+)' applied to '\\((.*)\\)'.*");

  private static final Pattern NO_OVERLOAD_FOUND =
      Pattern.compile("No matching overload for function '([^']+)'.*", Pattern.DOTALL);

  private static final Pattern PLACE = Pattern.compile("^evaluation error(?: at <input>:\\d+)?: ");

  private CelMessages() {}

  static String wrong(String text, CelIssue issue) {
    String message = issue.getMessage();
    Matcher overload = NO_OVERLOAD.matcher(message);
    if (overload.matches()) {
      message = operator(overload.group(1)) + " cannot be applied to (" + overload.group(2) + ")";
    }
    return "in " + text + ": " + message;
  }

  static String failed(String text, CelEvaluationException failure) {
    String message = PLACE.matcher(String.valueOf(failure.getMessage())).replaceFirst("");
    Matcher overload = NO_OVERLOAD_FOUND.matcher(message);
    if (overload.matches()) {
      message = operator(overload.group(1)) + " cannot be applied to values of these types";
    } else if (message.equals("/ by zero")) {
      message = "division by zero";
    }
    return "in " + text + ": " + message;
  }

  private static String operator(String function) {
    return function.replace("_", "").replace("@", "");
  }
}
