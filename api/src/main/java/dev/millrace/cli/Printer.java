package dev.millrace.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * All that the command line writes, as UTF-8. Results go to stdout, what is wrong to stderr.
 *
 * <p>Whoever reads stdout may go away ({@code | head}): the rest is dropped then, and a run goes
 * on. Text of others (task names, output of steps) cannot move the cursor or ring: control
 * characters are replaced.
 */
final class Printer {
  private static final int BUFFER = 1 << 13;

  private final PrintStream out;
  private final PrintStream err;
  private final Terminal terminal;
  private final StringBuilder pending = new StringBuilder();

  Printer(PrintStream out, PrintStream err, Terminal terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** Returns the printer of this process. */
  static Printer ofProcess(Terminal terminal) {
    return new Printer(System.out, System.err, terminal);
  }

  Terminal terminal() {
    return terminal;
  }

  /** Writes a line to stdout, when {@link #flush} is called or much has come together. */
  synchronized void line(String text) {
    appendClean(pending, text);
    pending.append('\n');
    if (pending.length() > BUFFER) {
      flush();
    }
  }

  /** Writes a line of which the beginning stands out, where there are colours. */
  synchronized void line(Style style, String head, String rest) {
    if (terminal.colour()) {
      pending.append(style.on);
      appendClean(pending, head);
      pending.append(Style.OFF);
    } else {
      appendClean(pending, head);
    }
    line(rest);
  }

  /** How a text stands out. */
  enum Style {
    /** All is well. */
    GOOD("\u001b[32m"),
    /** Something failed. */
    BAD("\u001b[31m"),
    /** Something to look at first. */
    STRONG("\u001b[1m"),
    /** Something to look at last. */
    FAINT("\u001b[2m");

    private static final String OFF = "\u001b[0m";
    private final String on;

    Style(String on) {
      this.on = on;
    }
  }

  /** Writes text as it is to stdout: what has been cleaned, or moves the cursor on purpose. */
  synchronized void raw(String text) {
    pending.append(text);
  }

  /** Writes a line to stderr, at once, after all that was written to stdout before. */
  synchronized void problem(String text) {
    flush();
    StringBuilder line = new StringBuilder(text.length() + 1);
    appendClean(line, text);
    write(err, line.append('\n'));
  }

  /** Copies bytes as they are to stdout. */
  synchronized OutputStream bytes() {
    flush();
    return out;
  }

  /** Writes bytes as they are to stderr. */
  OutputStream problems() {
    return err;
  }

  /** Hands over to the operating system what was written. */
  synchronized void flush() {
    if (!pending.isEmpty()) {
      write(out, pending);
      pending.setLength(0);
    }
  }

  /** Returns whether nobody reads stdout any more. */
  synchronized boolean isClosed() {
    flush();
    return out.checkError();
  }

  /** Shows where in the program something went wrong, for whoever asked for it. */
  synchronized void trace(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable next = failure; next != null; next = next.getCause()) {
      text.append(next).append('\n');
      for (StackTraceElement element : next.getStackTrace()) {
        text.append("  at ").append(element).append('\n');
      }
    }
    flush();
    write(err, text);
  }

  private static void write(PrintStream stream, StringBuilder text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, 0, bytes.length);
    stream.flush();
  }

  /** Returns the text without control characters. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    appendClean(clean, text);
    return clean.toString();
  }

  private static void appendClean(StringBuilder to, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
      to.append(control ? '\ufffd' : c);
    }
  }
}
