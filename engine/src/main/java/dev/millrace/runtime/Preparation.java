package dev.millrace.runtime;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.run.Failure;
import java.util.List;

/** What preparing a ready task came to. */
sealed interface Preparation {

  /** Its {@code when} is false. */
  record Skip(int task) implements Preparation {}

  /** It can never run: its expressions have no value, or it asks for what there is not. */
  record Fail(int task, Failure failure) implements Preparation {}

  /** Its result is recorded, and complete. */
  record Hit(int task, ActionKey key, ActionResult result, Explanation why)
      implements Preparation {}

  /** Blobs that were needed to prepare it are gone; these tasks made them. */
  record MakeAgain(int task, List<Integer> producers) implements Preparation {}

  /** It has to run. */
  record Miss(PreparedTask task, Explanation why) implements Preparation {}
}
