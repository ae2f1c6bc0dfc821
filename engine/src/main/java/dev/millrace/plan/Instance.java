package dev.millrace.plan;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What makes one task of a step different from the others.
 *
 * @param suffix of the task's name: empty, or such as {@code [depth=4,rate=0.1]}; unique in its
 *     step
 * @param matrix values by axis; empty where there is no matrix
 * @param item the value of {@code forEach}, or null where there is none
 */
public record Instance(String suffix, JsonObject matrix, @Nullable JsonValue item) {

  /** The instance of a step that has only one task. */
  public static final Instance ONLY = new Instance("", JsonObject.EMPTY, null);
}
