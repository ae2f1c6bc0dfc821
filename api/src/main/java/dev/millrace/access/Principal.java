package dev.millrace.access;

/**
 * Who asks.
 *
 * @param name of the token; it is recorded with what was asked for
 */
public record Principal(String name, Role role) {
  /** Whoever asks a server that has no tokens, and so listens to its own machine only. */
  public static final Principal LOCAL = new Principal("local", Role.ADMIN);
}
