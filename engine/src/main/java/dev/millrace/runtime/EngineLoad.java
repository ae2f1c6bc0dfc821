package dev.millrace.runtime;

import dev.millrace.run.TaskPhase;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an engine has to do at one moment.
 *
 * @param runs that it has
 * @param tasks of these runs, by phase; every phase is there
 */
public record EngineLoad(int runs, Map<TaskPhase, Integer> tasks) {
  public EngineLoad {
    tasks = Collections.unmodifiableMap(new EnumMap<>(tasks));
  }
}
