package dev.millrace.journal;

/** An append was refused because another owner has claimed the run since. */
public final class StaleOwnerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StaleOwnerException(String runId, long epoch, long current) {
    super("run " + runId + " has been taken over: epoch " + epoch + ", now " + current);
  }
}
