package dev.millrace.executor;

/** Is told how an attempt ended. */
@FunctionalInterface
public interface ExecutionListener {

  /** Called once, after the last process of the attempt is gone. Must not throw. */
  void ended(ExecutionOutcome outcome);

  /** Tells a listener; one that throws is its own author's concern, not the attempt's. */
  static void tell(ExecutionListener listener, ExecutionOutcome outcome) {
    try {
      listener.ended(outcome);
    } catch (RuntimeException | Error e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }
}
