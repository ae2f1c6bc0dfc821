package dev.millrace.simulation;

import dev.millrace.run.TaskPhase;
import dev.millrace.simulation.invariant.Durable;
import dev.millrace.simulation.invariant.Happening;
import dev.millrace.simulation.invariant.Invariants;
import dev.millrace.simulation.invariant.Violation;
import org.jspecify.annotations.Nullable;

/** Sees all that happens, shows it to the rules and keeps the first violation. */
public final class Watch {
  private final Invariants invariants = new Invariants();
  private final Trace trace;
  private @Nullable Violation violation;

  /** A watch that writes down what it sees. */
  public Watch(Trace trace) {
    this.trace = trace;
  }

  /** Returns where it is written down. */
  public Trace trace() {
    return trace;
  }

  /** Returns what is durable. */
  public Durable durable() {
    return invariants.durable();
  }

  /** Returns the first broken rule, or null. */
  public @Nullable Violation violation() {
    return violation;
  }

  /** Takes note of something. A violation is kept, as code of the engine may swallow it here. */
  public void happened(Happening happening) {
    if (violation != null) {
      return;
    }
    try {
      invariants.check(happening);
      if (happening instanceof Happening.Committed committed) {
        durable().add(committed, this::changed);
      }
    } catch (Violation e) {
      violation = e;
    }
  }

  private void changed(TaskPhase from, TaskPhase to) {
    trace.count(change(from, to));
  }

  /** Returns the name under which a change of phase is counted. */
  public static String change(TaskPhase from, TaskPhase to) {
    return "phase: " + from.label() + " to " + to.label();
  }

  /** Takes note of an exception where none may be thrown. */
  public void threw(Throwable failure) {
    if (violation == null) {
      violation = new Violation("NothingThrows", failure.toString());
      violation.initCause(failure);
    }
  }
}
