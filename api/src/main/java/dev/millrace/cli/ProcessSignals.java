package dev.millrace.cli;

import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** The signals of this process, for a command that has it for itself. */
final class ProcessSignals implements Signals {
  private static final List<String> INTERRUPTING = List.of("INT", "TERM");

  @Override
  public Registration onInterrupt(Runnable listener) {
    List<SignalHandler> former =
        INTERRUPTING.stream()
            .map(name -> Signal.handle(new Signal(name), _ -> listener.run()))
            .toList();
    return () -> {
      for (int i = 0; i < former.size(); i++) {
        Signal.handle(new Signal(INTERRUPTING.get(i)), former.get(i));
      }
    };
  }

  @Override
  public void onResize(Runnable listener) {
    try {
      Signal.handle(new Signal("WINCH"), _ -> listener.run());
    } catch (IllegalArgumentException e) {
      // A system without this signal: nobody hears of it.
    }
  }

  /** Killed, the process is gone, and with it who could be told. */
  @Override
  public Registration onAbandoned(Runnable listener) {
    return () -> {};
  }

  @Override
  public void halt(int exitCode) {
    Runtime.getRuntime().halt(exitCode);
  }
}
