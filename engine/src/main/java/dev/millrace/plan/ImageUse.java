package dev.millrace.plan;

/** What an executor does with images. */
public enum ImageUse {
  /** It has no use for one. */
  NONE,
  /** It takes one, and does without. */
  OPTIONAL,
  /** It needs one. */
  REQUIRED
}
