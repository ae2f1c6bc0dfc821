package dev.millrace.http;

import dev.millrace.automation.WatchedRuns;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What triggers read of runs. {@link #read} and {@link #release} are for one thread. */
final class JournalRuns implements WatchedRuns {
  private static final int PAGE = 200;

  private final LiveRuns runs;
  private final RunArchive archive;
  private final EventLogs logs;
  private final Map<String, EventLog> held = new HashMap<>();

  JournalRuns(LiveRuns runs, RunArchive archive, EventLogs logs) {
    this.runs = runs;
    this.archive = archive;
    this.logs = logs;
  }

  @Override
  public @Nullable Run find(String run) {
    return archive
        .record(run)
        .map(
            one ->
                new Run(one.id(), one.pipeline(), one.labels(), one.summary().finished() != null))
        .orElse(null);
  }

  @Override
  public Set<String> open() {
    return runs.ids();
  }

  @Override
  public Set<String> submittedSince(Instant time) {
    Set<String> found = new HashSet<>();
    RunQuery query = RunQuery.newest(PAGE);
    while (true) {
      List<RunRecord> page = archive.list(query);
      int before = found.size();
      for (RunRecord run : page) {
        if (!run.submitted().isBefore(time)) {
          found.add(run.id());
        }
      }
      if (page.size() < PAGE || found.size() == before) {
        return found;
      }
      query = query.after(page.getLast());
    }
  }

  @Override
  public List<Event> read(String run, long from) throws IOException {
    EventLog log = held.get(run);
    if (log == null) {
      log = logs.open(run);
      held.put(run, log);
    }
    return log.page(from).stream()
        .map(one -> new Event(one.sequence(), (JsonObject) JsonReader.read(one.json())))
        .toList();
  }

  @Override
  public void release(String run) {
    if (held.remove(run) != null) {
      logs.close(run);
    }
  }
}
