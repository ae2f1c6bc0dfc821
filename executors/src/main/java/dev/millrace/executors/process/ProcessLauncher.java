package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;

/** Makes processes. Two ways exist: {@link PosixSpawnLauncher} and {@link PortableLauncher}. */
interface ProcessLauncher extends AutoCloseable {

  /** What became of a wish to launch. */
  sealed interface Launch {

    /** The command runs. */
    record Started(AttemptProcess process) implements Launch {}

    /** The command does not run, and nothing of it is left. */
    record Refused(ExecutionOutcome outcome) implements Launch {}
  }

  /**
   * Launches a command on the calling thread, which must be the one that later waits for it.
   *
   * @param mark the value of {@link EngineMark#VARIABLE} for this attempt
   */
  Launch launch(ExecutionRequest request, String mark);

  /** Called every second or so, to reap what ended without being waited for. */
  void tidy();

  /** Frees what the launcher holds; no attempt runs any more. */
  @Override
  void close();
}
