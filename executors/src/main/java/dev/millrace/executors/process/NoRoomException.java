package dev.millrace.executors.process;

/** The machine lacks, for the moment, what the executor needs for itself. Caught in here. */
final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoRoomException(String message) {
    super(message);
  }
}
