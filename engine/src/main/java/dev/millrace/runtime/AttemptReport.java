package dev.millrace.runtime;

import dev.millrace.cache.ActionResult;
import dev.millrace.digest.Digest;
import dev.millrace.run.Failure;

/** What a worker says of an attempt that has ended. */
sealed interface AttemptReport {

  /** It left its result; all blobs are stored. */
  record Done(ActionResult result) implements AttemptReport {}

  /** It failed. */
  record Broken(Failure failure) implements AttemptReport {}

  /** It was told to stop. */
  record Stopped() implements AttemptReport {}

  /** It could not begin: a blob of its inputs is gone. */
  record InputGone(Digest digest) implements AttemptReport {}
}
