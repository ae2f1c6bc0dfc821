package dev.millrace.client;

import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import dev.millrace.runtime.RunReplay;
import dev.millrace.wire.EventReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The runs of a server. They are made again from their documents and events, so that whatever can
 * be said of a run in a state directory can be said of one with a server, by the same code.
 */
public final class ServerRuns implements RunReader {
  private static final int PAGE = 1_000;

  private final WaitingClient client;
  private final ServerStore store;

  /**
   * @param client stays the caller's
   */
  public ServerRuns(WaitingClient client) {
    this.client = client;
    store = new ServerStore(client);
  }

  /** Returns what is listed of a run, as those of a state directory are. */
  public static RunRecord record(Run run) {
    return new RunRecord(
        run.id(),
        run.pipeline(),
        "",
        run.submitted(),
        run.labels(),
        new Summary(run.status(), run.tasksJson(), run.finished()));
  }

  @Override
  public List<RunRecord> list(RunQuery query) throws IOException {
    List<RunRecord> runs = new ArrayList<>();
    RunQuery next = query;
    while (runs.size() < query.limit()) {
      int limit = Math.min(PAGE, query.limit() - runs.size());
      Page<Run> page = client.list(next.withLimit(limit));
      page.items().forEach(run -> runs.add(record(run)));
      if (page.next() == null) {
        break;
      }
      next = next.after(runs.getLast());
    }
    return runs;
  }

  @Override
  public List<RunRecord> find(String text) throws IOException {
    List<RunRecord> found = new ArrayList<>();
    client.find(text).forEach(run -> found.add(record(run)));
    return found;
  }

  @Override
  public RunHistory read(RunRecord run) throws IOException {
    return replay(run).history();
  }

  /** Reads a run, to which more can be added. */
  public RunReplay replay(RunRecord run) throws IOException {
    List<Event> page = client.events(run.id(), 0, PAGE);
    if (page.isEmpty()) {
      throw new IOException("the server has no events of run " + run.id());
    }
    RunReplay replay = begin(run, page.getFirst());
    EventReader reader = new EventReader(replay.history().view());
    while (!page.isEmpty()) {
      page.forEach(event -> replay.add(reader.read(event.json())));
      page = client.events(run.id(), page.getLast().sequence(), PAGE);
    }
    return replay;
  }

  /** Begins a run of which this is the first event, which is not added yet. */
  public RunReplay begin(RunRecord run, Event first) throws IOException {
    JsonObject given = EventReader.given(first.json());
    if (given.members().isEmpty()) {
      throw new IOException("the server is older than this client: it does not tell what was run");
    }
    JsonValue document = JsonReader.read(store.read(RunReplay.documentOf(given)));
    return RunReplay.begin(run, given, (JsonObject) document);
  }

  @Override
  public SortedMap<String, Artifact> outputs(RunHistory run) throws IOException {
    return client.outputs(run.record().id());
  }

  @Override
  public ContentStore store() {
    return store;
  }

  @Override
  public void close() {}
}
