package dev.millrace.schedule;

/** A worker, what it holds and what is free of it. */
final class Worker {
  private WorkerSpec spec;
  private Slots slots;
  private final LongTable<Held> held = new LongTable<>();
  private int number;
  private boolean draining;
  private boolean fresh;

  /**
   * A task that takes its place.
   *
   * @param run whose it is
   * @param task its number
   * @param needs what it takes
   * @param own the share that it is of all, by the run's weight
   */
  record Held(RunAccount run, int task, Needs needs, long own) {

    static long key(RunAccount run, int task) {
      return ((long) run.number << 32) | (task & 0xFFFFFFFFL);
    }

    long key() {
      return key(run, task);
    }
  }

  Worker(WorkerSpec spec, Slots slots) {
    this.spec = spec;
    this.slots = slots;
  }

  /** Replaces what the worker says of itself. What it holds has to be taken again. */
  void describe(WorkerSpec newSpec, Slots newSlots) {
    spec = newSpec;
    slots = newSlots;
    draining = false;
  }

  String name() {
    return spec.name();
  }

  WorkerSpec spec() {
    return spec;
  }

  Slots slots() {
    return slots;
  }

  LongTable<Held> held() {
    return held;
  }

  /** Returns its place among all workers, in the order in which they came. */
  int number() {
    return number;
  }

  void setNumber(int place) {
    number = place;
  }

  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** Returns whether it has more room than when the queues looked at it last. */
  boolean isFresh() {
    return fresh;
  }

  void setFresh(boolean more) {
    fresh = more;
  }

  /** Returns whether it has what is not counted. */
  boolean suits(Demand demand) {
    return spec.executors().contains(demand.executor())
        && spec.labels().entrySet().containsAll(demand.labels().entrySet());
  }
}
