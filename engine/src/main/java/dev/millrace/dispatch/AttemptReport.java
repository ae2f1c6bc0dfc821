package dev.millrace.dispatch;

import dev.millrace.cache.ActionResult;
import dev.millrace.digest.Digest;
import dev.millrace.run.Failure;
import dev.millrace.run.RunWish;
import org.jspecify.annotations.Nullable;

/** What a worker says of an attempt that has ended. */
public sealed interface AttemptReport {

  /**
   * It left its result; all blobs are stored.
   *
   * @param result the one that counts: where the attempt was to verify a recorded one, that
   * @param difference how what it left differs from the recorded result; null where nothing does,
   *     or nothing was compared
   */
  record Done(ActionResult result, RunWish.@Nullable Difference difference)
      implements AttemptReport {}

  /** It failed. */
  record Broken(Failure failure) implements AttemptReport {}

  /** It was told to stop. */
  record Stopped() implements AttemptReport {}

  /** It could not begin: a blob of its inputs is gone. */
  record InputGone(Digest digest) implements AttemptReport {}
}
