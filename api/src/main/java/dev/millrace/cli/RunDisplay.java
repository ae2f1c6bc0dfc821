package dev.millrace.cli;

import java.util.List;

/** Shows a run while it goes on, and how it ended. Used by one thread. */
interface RunDisplay {

  /** Called first, when the run has its id. */
  void begin(RunStart start);

  /** Returns how long the display can do without being called, in milliseconds. */
  long patienceMillis();

  /**
   * Shows how the run stands now.
   *
   * @param news since the last call, in order; may be empty
   */
  void show(Progress progress, List<RunNews> news);

  /** Says what keeps tasks from going on for now. */
  void trouble(String message);

  /** Called when the run has ended, before its summary. */
  void end();

  /** Says what came of the run. */
  void summary(RunSummary summary);
}
