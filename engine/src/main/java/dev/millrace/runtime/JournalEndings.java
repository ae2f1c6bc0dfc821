package dev.millrace.runtime;

import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Asks the journal, not on the loop, whether a run has ended.
 *
 * @param workers threads for asking
 */
record JournalEndings(Journal journal, Executor workers) implements EngineNode.Endings {
  @Override
  public void ifEnded(String run, Runnable then) {
    workers.execute(
        () -> {
          if (hasEnded(run)) {
            then.run();
          }
        });
  }

  private boolean hasEnded(String run) {
    try {
      Optional<RunRecord> found = journal.find(run);
      return found.isPresent() && found.get().summary().finished() != null;
    } catch (UncheckedIOException e) {
      // The journal cannot be read now; who asks says it again.
      return false;
    }
  }
}
