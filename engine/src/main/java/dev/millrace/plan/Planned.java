package dev.millrace.plan;

import dev.millrace.pipeline.Problem;
import java.util.List;

/** What planning came to. */
public sealed interface Planned {

  /** Everything fits. */
  record Ok(Plan plan) implements Planned {}

  /**
   * Something does not.
   *
   * @param problems all that was found, without positions
   */
  record Refused(List<Problem> problems) implements Planned {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
