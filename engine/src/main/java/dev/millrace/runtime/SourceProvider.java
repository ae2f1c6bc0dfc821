package dev.millrace.runtime;

import java.io.IOException;

/** Has the content of the files and directories that a document names. */
@FunctionalInterface
public interface SourceProvider {

  /** Has nothing any more: what is lost from the store is lost. */
  SourceProvider NONE = path -> {};

  /**
   * Stores the content of a path again, because it was lost from the store after it was submitted.
   * Called from any thread.
   *
   * @param path as the document writes it
   * @throws IOException if it cannot be read any more
   */
  void store(String path) throws IOException;
}
