package dev.millrace.executor;

/** Is told how an attempt ended. */
@FunctionalInterface
public interface ExecutionListener {

  /** Called once, after the last process of the attempt is gone. Must not throw. */
  void ended(ExecutionOutcome outcome);
}
