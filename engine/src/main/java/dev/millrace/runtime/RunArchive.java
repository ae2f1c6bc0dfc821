package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.CacheCollector;
import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.Trees;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.SqliteActionCache;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.SqliteDefinitions;
import dev.millrace.journal.SqliteJournal;
import dev.millrace.json.JsonObject;
import dev.millrace.run.RunEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * The runs of a state directory, for reading; also while an engine works in it. Safe for use by
 * many threads.
 */
public final class RunArchive implements RunReader {
  private static final int PAGE = 500;

  /** Nobody can tell more of them apart. */
  private static final int SEARCHED = 100;

  private final SqliteDatabase database;
  private final Journal journal;
  private final ActionCache cache;
  private final DiskContentStore store;
  private final Trees trees;

  private RunArchive(SqliteDatabase database, DiskContentStore store) {
    this.database = database;
    this.store = store;
    journal = new SqliteJournal(database);
    cache = new SqliteActionCache(database, InstantSource.system());
    trees = new Trees(store);
  }

  /**
   * Opens a state directory.
   *
   * @throws java.nio.file.NoSuchFileException if nothing was ever run there
   */
  public static RunArchive open(Path stateDirectory) throws IOException {
    DiskContentStore store = DiskContentStore.open(EngineConfig.store(stateDirectory));
    return new RunArchive(SqliteDatabase.openReadOnly(stateDirectory), store);
  }

  @Override
  public DiskContentStore store() {
    return store;
  }

  /** Returns the directories in the content store. */
  public Trees trees() {
    return trees;
  }

  /** Returns the actions and their results, for reading. */
  public ActionCache cache() {
    return cache;
  }

  /** Returns what counts and checks the cache; it cannot shrink it. */
  public CacheCollector collector() {
    return new CacheCollector(cache, store, store);
  }

  /** Returns the registered pipelines, for reading. */
  public PipelineRegistry pipelines() {
    return new PipelineRegistry(new SqliteDefinitions(database), store);
  }

  /**
   * What a collection must leave, so that runs can be shown and gone on with.
   *
   * @param keys of the actions of the kept runs' tasks
   * @param artifacts their documents and sources, the documents of all other runs, and all that
   *     registered pipelines hold
   */
  public record Kept(Set<ActionKey> keys, Set<Artifact> artifacts) {}

  /**
   * Returns what a collection must leave.
   *
   * @param runs so many of the newest runs are kept, and all that have not ended
   */
  public Kept kept(int runs) throws IOException {
    Set<ActionKey> keys = new HashSet<>();
    Set<Artifact> artifacts = new HashSet<>();
    int seen = 0;
    RunQuery query = RunQuery.newest(PAGE);
    for (List<RunRecord> page = journal.list(query); !page.isEmpty(); page = journal.list(query)) {
      for (RunRecord run : page) {
        JsonObject accepted = new RunFacts(journal, run.id()).submission();
        artifacts.add(Artifact.file(Submission.documentBlob(accepted)));
        if (seen++ < runs || run.summary().finished() == null) {
          artifacts.addAll(Submission.fromJson(accepted, JsonObject.EMPTY).sources().values());
          new RunFacts(journal, run.id()).forEach(fact -> addKey(fact.event(), keys));
        }
      }
      query = query.after(page.getLast());
    }
    pipelines().addKept(artifacts);
    return new Kept(keys, artifacts);
  }

  private static void addKey(RunEvent event, Set<ActionKey> keys) {
    if (event instanceof RunEvent.TaskCached(_, var key, _, _)) {
      keys.add(key);
    } else if (event instanceof RunEvent.TaskQueued(_, var key, _)) {
      keys.add(key);
    }
  }

  @Override
  public List<RunRecord> list(RunQuery query) {
    return journal.list(query);
  }

  /** Returns the run of that id. */
  public Optional<RunRecord> record(String run) {
    return journal.find(run);
  }

  @Override
  public List<RunRecord> find(String text) {
    if (text.equals("latest")) {
      return journal.list(RunQuery.newest(1));
    }
    Optional<RunRecord> exact = journal.find(text);
    if (exact.isPresent()) {
      return List.of(exact.get());
    }
    return journal.search(text, SEARCHED);
  }

  @Override
  public RunHistory read(RunRecord run) throws IOException {
    RunFacts facts = new RunFacts(journal, run.id());
    Submission submission = facts.submission(store);
    RunHistory history = new RunHistory(run, new RunPlan(Replanning.plan(submission)), submission);
    facts.forEach(history::add);
    return history;
  }

  /** Has a history tell also of what has happened since it was read. */
  public void catchUp(RunHistory history) {
    new RunFacts(journal, history.record().id()).forEach(history.lastSequence() + 1, history::add);
  }

  /**
   * Opens the facts of a run, for reading them in any order and while more are added.
   *
   * @throws IOException if its document is gone from the store
   */
  public RunTail tail(String run) throws IOException {
    RunFacts facts = new RunFacts(journal, run);
    return new RunTail(run, new RunPlan(Replanning.plan(facts.submission(store))), facts);
  }

  @Override
  public SortedMap<String, Artifact> outputs(RunHistory run) throws IOException {
    return run.outputs(trees);
  }

  @Override
  public void close() {
    database.close();
  }
}
