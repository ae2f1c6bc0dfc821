package dev.millrace.plan;

import dev.millrace.expression.Template;

/** An amount of a resource. */
public sealed interface PlannedAmount {

  /**
   * A known amount.
   *
   * @param value not negative
   */
  record Fixed(double value) implements PlannedAmount {}

  /** An amount that expressions give for each attempt. */
  record Computed(Template text) implements PlannedAmount {}
}
