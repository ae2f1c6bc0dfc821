package dev.millrace.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Durations of steps without a disk, for tests and the simulation. */
public final class InMemoryStepDurations implements StepDurations {
  private final Map<String, Map<String, Double>> means = new HashMap<>();

  @Override
  public synchronized Map<String, Long> averageMillis(String pipeline) {
    Map<String, Long> rounded = new HashMap<>();
    means
        .getOrDefault(pipeline, Map.of())
        .forEach((step, mean) -> rounded.put(step, Math.round(mean)));
    return rounded;
  }

  @Override
  public synchronized CompletionStage<Void> record(
      String pipeline, Map<String, Long> millisByStep) {
    Map<String, Double> ofPipeline = means.computeIfAbsent(pipeline, _ -> new HashMap<>());
    millisByStep.forEach(
        (step, millis) ->
            ofPipeline.merge(step, (double) millis, (mean, now) -> mean + WEIGHT * (now - mean)));
    return CompletableFuture.completedFuture(null);
  }
}
