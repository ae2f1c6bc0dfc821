package dev.millrace.daemon;

/** Carries out commands. */
public interface CommandLine {

  /** Carries one out on the calling thread, and returns its exit code. May be called at once. */
  int execute(Call call);
}
