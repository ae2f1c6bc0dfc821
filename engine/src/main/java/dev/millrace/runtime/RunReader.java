package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/**
 * Runs, for reading, wherever they are kept: in a state directory or with a server. Safe for use by
 * many threads.
 */
public interface RunReader extends AutoCloseable {

  /** Lists runs, newest first. */
  List<RunRecord> list(RunQuery query) throws IOException;

  /**
   * Finds runs by id, by the beginning or the end of one, or {@code latest}.
   *
   * @return none, one, or several where the text does not tell them apart
   */
  List<RunRecord> find(String text) throws IOException;

  /**
   * Reads a run.
   *
   * @throws IOException if its document is gone from the store
   */
  RunHistory read(RunRecord run) throws IOException;

  /** Returns the outputs of the whole pipeline, as far as there are any. */
  SortedMap<String, Artifact> outputs(RunHistory run) throws IOException;

  /** Returns what the runs read and made. */
  ContentStore store();

  @Override
  void close();
}
