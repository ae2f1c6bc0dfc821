package dev.millrace.plan;

import dev.millrace.pipeline.ContainerSpec;
import java.util.List;
import java.util.Optional;

/** What documents may ask of an executor. */
public interface ExecutorOffer {

  /** Returns what the executor does with images. */
  ImageUse images();

  /** Returns why no step can run there at the moment, in a sentence that says what to do. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Returns what the operator does not allow of a step's container, one sentence each. */
  default List<String> objections(ContainerSpec container) {
    return List.of();
  }

  /** Returns the offer of an executor that is always there and allows everything. */
  static ExecutorOffer of(ImageUse images) {
    return () -> images;
  }
}
