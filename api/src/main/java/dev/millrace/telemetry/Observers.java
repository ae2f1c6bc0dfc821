package dev.millrace.telemetry;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.EngineObserver;
import dev.millrace.runtime.RunView;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several observers as one. */
record Observers(List<EngineObserver> all) implements EngineObserver {
  Observers {
    all = List.copyOf(all);
  }

  @Override
  public void taken(Taken run) {
    all.forEach(one -> one.taken(run));
  }

  @Override
  public void committed(RunView run, List<CommittedFact> facts) {
    all.forEach(one -> one.committed(run, facts));
  }

  @Override
  public void left(String run) {
    all.forEach(one -> one.left(run));
  }

  @Override
  public void trouble(String run, String message) {
    all.forEach(one -> one.trouble(run, message));
  }

  @Override
  public void recovered(String run) {
    all.forEach(one -> one.recovered(run));
  }

  @Override
  public void began(AttemptRef attempt, long atMillis) {
    all.forEach(one -> one.began(attempt, atMillis));
  }

  @Override
  public void paused(@Nullable String reason) {
    all.forEach(one -> one.paused(reason));
  }

  @Override
  public void journal(int changes, long nanos, @Nullable IOException failure) {
    all.forEach(one -> one.journal(changes, nanos, failure));
  }

  @Override
  public void broken(Throwable cause) {
    all.forEach(one -> one.broken(cause));
  }
}
