package dev.millrace.pipeline;

import java.util.List;

/**
 * How a step uses earlier results.
 *
 * @param mode whether they are read and written
 * @param salt disowns earlier results when it changes; empty by default
 * @param tools shell commands whose output fingerprints a local toolchain
 */
public record CacheSpec(Mode mode, String salt, List<String> tools) {

  /** Results are used and recorded. */
  public static final CacheSpec ON = new CacheSpec(Mode.ON, "", List.of());

  public CacheSpec {
    tools = List.copyOf(tools);
  }

  /** Whether earlier results are read and new ones written. */
  public enum Mode implements Labelled {
    /** Read and written. */
    ON("on"),
    /** Never read, never written, never merged with an equal action in flight. */
    OFF("off"),
    /** Not read; run, then overwritten. */
    REFRESH("refresh");

    private final String label;

    Mode(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }
}
