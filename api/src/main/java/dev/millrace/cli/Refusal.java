package dev.millrace.cli;

import java.util.List;

/** A command cannot be carried out, for a reason that the user can do something about. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient List<String> lines;

  private Refusal(int exitCode, List<String> lines) {
    super(String.join("\n", lines));
    this.exitCode = exitCode;
    this.lines = lines;
  }

  /** Something that the user wrote is wrong. */
  static Refusal badInput(String... lines) {
    return new Refusal(ExitCode.BAD_INPUT, List.of(lines));
  }

  /** Something that the user wrote is wrong. */
  static Refusal badInput(List<String> lines) {
    return new Refusal(ExitCode.BAD_INPUT, List.copyOf(lines));
  }

  /** The engine cannot work as things are. */
  static Refusal cannotWork(String... lines) {
    return new Refusal(ExitCode.CANNOT_WORK, List.of(lines));
  }

  int exitCode() {
    return exitCode;
  }

  /** Returns what is wrong and what to do, for people. */
  List<String> lines() {
    return lines;
  }
}
