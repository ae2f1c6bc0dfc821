package dev.millrace.run;

/**
 * What a run waits for its driver to do. None of it is durable: after a takeover {@link
 * RunWish.Recover} finds it again from the state.
 */
public final class Todo {
  private final IntList prepare = new IntList();
  private final IntList expand = new IntList();
  private final IntList stop = new IntList();
  private final IntList wake = new IntList();

  /** Tasks that have become ready: make their actions and look them up. */
  public IntList prepare() {
    return prepare;
  }

  /** Steps whose list of items can be read now. */
  public IntList expand() {
    return expand;
  }

  /** Tasks whose running attempt is to be stopped. */
  public IntList stop() {
    return stop;
  }

  /** Tasks that have gone into backoff: wish their retry when its time has come. */
  public IntList wake() {
    return wake;
  }

  /** Returns whether there is nothing to do. */
  public boolean isEmpty() {
    return prepare.isEmpty() && expand.isEmpty() && stop.isEmpty() && wake.isEmpty();
  }
}
