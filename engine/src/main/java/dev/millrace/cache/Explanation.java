package dev.millrace.cache;

import dev.millrace.digest.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a task's result was taken from the cache, or why it was not. */
public sealed interface Explanation {

  /** The recorded result of an equal action was taken. */
  record Hit(ActionResult.Producer producer) implements Explanation {}

  /** No action of this step was ever recorded. */
  record FirstTime() implements Explanation {}

  /**
   * Something that can change the result has changed since the nearest earlier action.
   *
   * @param since the attempt whose action it is compared with
   * @param changes at least one
   */
  record Changed(ActionResult.Producer since, List<Change> changes) implements Explanation {
    public Changed {
      changes = List.copyOf(changes);
    }
  }

  /** A result is recorded, but these blobs of it are gone or corrupt. */
  record Incomplete(ActionResult.Producer producer, List<Digest> missing) implements Explanation {
    public Incomplete {
      missing = List.copyOf(missing);
    }
  }

  /** The action is the same as one recorded before, whose result was dropped since. */
  record Dropped() implements Explanation {}

  /** The step says {@code "cache": "off"}. */
  record Off() implements Explanation {}

  /** The step or the run asks to run again and overwrite. */
  record Refresh() implements Explanation {}

  /**
   * A result is recorded, and the task runs to see whether it comes to the same.
   *
   * @param recorded who made the recorded result
   */
  record Verify(ActionResult.Producer recorded) implements Explanation {}

  /**
   * One field of an action that differs.
   *
   * @param field what it is, for people and programs: {@code command}, {@code env.SEED}, {@code
   *     inputs/code/train.py}, {@code platform.os}, {@code outputs.model}, {@code salt}
   * @param before its value then, or null where it was not there
   * @param after its value now, or null where it is no longer there
   */
  record Change(String field, @Nullable String before, @Nullable String after) {}
}
