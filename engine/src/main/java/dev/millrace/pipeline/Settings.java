package dev.millrace.pipeline;

import java.time.Duration;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What both a step and the document's defaults can say. */
record Settings(
    String executor,
    @Nullable String image,
    ContainerSpec container,
    Retry retry,
    @Nullable Duration timeout,
    ResourceSpec resources,
    CacheSpec cache,
    SequencedMap<String, String> env,
    SequencedMap<String, String> secrets,
    int priority,
    @Nullable String pool,
    SequencedMap<String, String> workers) {

  /** What holds where a document says nothing. */
  static final Settings BUILT_IN =
      new Settings(
          Step.DEFAULT_EXECUTOR,
          null,
          ContainerSpec.BUILT_IN,
          Retry.NONE,
          null,
          new ResourceSpec(Ordered.empty()),
          CacheSpec.ON,
          Ordered.empty(),
          Ordered.empty(),
          0,
          null,
          Ordered.empty());
}
