package dev.millrace.automation;

import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps what it was asked to start, as a journal would, over the lives of whoever asks. */
final class FakeLauncher implements Launcher {
  /** By cause. */
  final Map<String, Launch> started = new LinkedHashMap<>();

  /** What to answer instead; for one launch each. */
  final List<Launched> answers = new ArrayList<>();

  /** After so many launches the process dies; negative for never. */
  int livesFor = -1;

  /** Whether the one at which it dies is durable. */
  boolean diesAfter;

  /** How many launches fail before one does not. */
  int fails;

  /** The end of a process. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Launched launch(Launch launch) throws IOException {
    if (fails > 0) {
      fails--;
      throw new IOException("no space");
    }
    boolean dies = livesFor == 0;
    livesFor--;
    if (dies && !diesAfter) {
      throw new Death();
    }
    if (!answers.isEmpty()) {
      return answers.removeFirst();
    }
    started.putIfAbsent(launch.cause(), launch);
    if (dies) {
      throw new Death();
    }
    return new Launched.Started("run-" + launch.cause());
  }

  @Override
  public List<Problem> check(
      String pipeline,
      Map<String, JsonValue> params,
      Set<String> open,
      Map<String, String> labels) {
    return pipeline.equals("unknown")
        ? List.of(new Problem("unknown-pipeline", "/pipeline", "there is none"))
        : List.of();
  }

  /** Returns the instants for which runs were started. */
  List<String> times() {
    return started.values().stream()
        .map(launch -> launch.labels().getOrDefault(Launch.SCHEDULED_FOR, ""))
        .toList();
  }
}
