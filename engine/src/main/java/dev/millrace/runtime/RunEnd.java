package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.run.RunStatus;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a run ended.
 *
 * @param run its id
 * @param status never {@link RunStatus#RUNNING}
 * @param outputs of the pipeline by name, as far as their steps succeeded
 */
public record RunEnd(String run, RunStatus status, SortedMap<String, Artifact> outputs) {
  public RunEnd {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }
}
