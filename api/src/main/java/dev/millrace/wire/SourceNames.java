package dev.millrace.wire;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonText;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which files of the user's went into runs, and with which parameters they were run. */
public final class SourceNames {
  private final RunReader archive;
  private final Map<String, Known> runs = new HashMap<>();

  /**
   * @param archive stays the caller's to close
   */
  public SourceNames(RunReader archive) {
    this.archive = archive;
  }

  private record Known(Map<Digest, String> paths, List<String> params) {
    static final Known NOTHING = new Known(Map.of(), List.of());
  }

  /** Returns the path, as written in the document, of content that went into a run, or null. */
  public @Nullable String path(String run, Digest content) {
    return known(run).paths.get(content);
  }

  /** Returns a run's parameters as {@code name=value}. */
  public List<String> params(String run) {
    return known(run).params;
  }

  private Known known(String run) {
    return runs.computeIfAbsent(run, this::read);
  }

  private Known read(String id) {
    try {
      List<RunRecord> found = archive.find(id);
      if (found.size() != 1) {
        return Known.NOTHING;
      }
      RunHistory history = archive.read(found.getFirst());
      Map<Digest, String> paths = new HashMap<>();
      for (Map.Entry<String, Artifact> source : history.submission().sources().entrySet()) {
        paths.put(source.getValue().digest(), source.getKey());
      }
      List<String> params = new ArrayList<>();
      history
          .view()
          .plan()
          .params()
          .members()
          .forEach((name, value) -> params.add(name + "=" + JsonText.compact(value)));
      return new Known(paths, params);
    } catch (IOException e) {
      // Its document was collected: its sources have no names any more.
      return Known.NOTHING;
    }
  }
}
