package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.content.Trees;
import dev.millrace.dispatch.Loop;
import dev.millrace.dispatch.Post;
import dev.millrace.journal.StepDurations;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;

/**
 * What the parts of a run share.
 *
 * @param id of the run
 * @param submission what was asked
 * @param sources where lost content of the user's files can be had again
 * @param weights by step: the longest time in milliseconds from the start of one of its tasks to
 *     the end of the run, as far as is known
 * @param images what the names of images stand for
 * @param host what the run lives in
 */
record RunContext(
    String id,
    Submission submission,
    SourceProvider sources,
    RunPlan plan,
    IntToDoubleFunction weights,
    RunImages images,
    Host host) {

  double weight(int step) {
    return weights.applyAsDouble(step);
  }

  /**
   * What all runs of an engine share.
   *
   * @param loop on which the runs live
   * @param workers threads for what must not hold the loop up: hashing, reading, looking up
   * @param post carries messages to the placement loop and to workers
   * @param imageSource finds out what names of images stand for
   * @param durations of earlier runs' steps
   * @param random numbers in [0, 1), to spread retries
   * @param hungry whether workers will soon have nothing to do but for attempts not yet started
   */
  record Host(
      Loop loop,
      Executor workers,
      Post post,
      ActionCache cache,
      Trees trees,
      ResultReader results,
      ToolFingerprints tools,
      ImageSource imageSource,
      StepDurations durations,
      DoubleSupplier random,
      BooleanSupplier hungry) {}

  Loop loop() {
    return host.loop;
  }

  Executor workers() {
    return host.workers;
  }

  Post post() {
    return host.post;
  }

  ActionCache cache() {
    return host.cache;
  }

  Trees trees() {
    return host.trees;
  }

  ResultReader results() {
    return host.results;
  }

  ToolFingerprints tools() {
    return host.tools;
  }

  /** Returns the time in milliseconds since the epoch. */
  long now() {
    return host.loop.nowMillis();
  }

  /** Returns a random number in [0, 1), to spread retries. */
  double jitter() {
    return host.random.getAsDouble();
  }
}
