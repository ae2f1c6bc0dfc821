package dev.millrace.plan;

/** Knows which files a user has. */
@FunctionalInterface
public interface PathProbe {

  /** A probe for documents whose files are elsewhere: it takes every path to exist. */
  PathProbe ANY = path -> true;

  /**
   * Returns whether there is a file or directory.
   *
   * @param path relative to the document's directory, or absolute
   */
  boolean exists(String path);
}
