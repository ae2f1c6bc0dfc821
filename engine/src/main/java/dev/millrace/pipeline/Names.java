package dev.millrace.pipeline;

/** The forms of names, and what is said of a bad one. */
enum Names {
  /** Ids of steps, names of inputs, outputs, params, axes, resources, pools and executors. */
  IDENTIFIER(100, "-", "letters, digits, \"_\" and \"-\", beginning with a letter, at most 100"),
  /** Names of pipelines, which stand before {@code @version} and in paths. */
  PIPELINE(100, "-.", "letters, digits, \"_\", \"-\" and \".\", at most 100"),
  /** Names of secrets and labels. */
  DOTTED(200, "-./", "letters, digits, \"_\", \"-\", \".\" and \"/\", at most 200"),
  /** Names of environment variables. */
  VARIABLE(200, "", "letters, digits and \"_\", beginning with a letter, and not with MILLRACE_");

  /** Variables with this prefix are the engine's. */
  private static final String RESERVED = "MILLRACE_";

  private final int longest;
  private final String marks;
  private final String rule;

  Names(int longest, String marks, String rule) {
    this.longest = longest;
    this.marks = marks;
    this.rule = rule;
  }

  boolean fits(String name) {
    if (name.isEmpty() || name.length() > longest || !isFirst(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetter(c) && !isDigit(c) && marks.indexOf(c) < 0) {
        return false;
      }
    }
    return this != VARIABLE || !name.startsWith(RESERVED);
  }

  /** Reports a name that does not fit. */
  void check(Node place, String what, String name) {
    if (!fits(name)) {
      String shown = Node.quote(Node.shown(name));
      place.problem("bad-name", shown + " cannot be the name of " + what + "; use " + rule);
    }
  }

  private boolean isFirst(char c) {
    return isLetter(c) || (isDigit(c) && (this == PIPELINE || this == DOTTED));
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
