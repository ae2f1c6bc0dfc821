package dev.millrace.pipeline;

import org.jspecify.annotations.Nullable;

/** The output of a step, as {@code step.output}. */
record Reference(String step, String output) {

  private static final String EXPECTED = "a step and its output, such as \"clean.table\"";

  /** Reads a reference; returns null where it is malformed, which is reported. */
  static @Nullable Reference parse(Node node) {
    String text = node.text(EXPECTED);
    if (text == null) {
      return null;
    }
    int dot = text.indexOf('.');
    if (dot < 0) {
      String name = Names.IDENTIFIER.fits(text) ? text : "step";
      String advice = "; write \"" + name + ".<output>\", the output of a step";
      node.problem("bad-reference", Node.quote(Node.shown(text)) + " names no output" + advice);
      return null;
    }
    Reference reference = new Reference(text.substring(0, dot), text.substring(dot + 1));
    if (!Names.IDENTIFIER.fits(reference.step) || !Names.IDENTIFIER.fits(reference.output)) {
      String shown = Node.quote(Node.shown(text));
      node.problem("bad-reference", shown + " is not a reference; write " + EXPECTED);
      return null;
    }
    return reference;
  }
}
