package dev.millrace.pipeline;

import java.util.regex.Pattern;

/** The forms of names, and what is said of a bad one. */
enum Names {
  /** Ids of steps, names of inputs, outputs, params, axes, resources, pools and executors. */
  IDENTIFIER(
      "[A-Za-z_][A-Za-z0-9_-]{0,99}",
      "letters, digits, \"_\" and \"-\", beginning with a letter, at most 100"),
  /** Names of pipelines, which stand before {@code @version} and in paths. */
  PIPELINE(
      "[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", "letters, digits, \"_\", \"-\" and \".\", at most 100"),
  /** Names of secrets and labels. */
  DOTTED(
      "[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}",
      "letters, digits, \"_\", \"-\", \".\" and \"/\", at most 200"),
  /** Names of environment variables. */
  VARIABLE(
      "(?!MILLRACE_)[A-Za-z_][A-Za-z0-9_]{0,199}",
      "letters, digits and \"_\", beginning with a letter, and not with MILLRACE_");

  private final Pattern form;
  private final String rule;

  Names(String form, String rule) {
    this.form = Pattern.compile(form);
    this.rule = rule;
  }

  boolean fits(String name) {
    return form.matcher(name).matches();
  }

  /** Reports a name that does not fit. */
  void check(Node place, String what, String name) {
    if (!fits(name)) {
      String shown = Node.quote(Node.shown(name));
      place.problem("bad-name", shown + " cannot be the name of " + what + "; use " + rule);
    }
  }
}
