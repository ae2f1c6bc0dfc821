package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.CacheCollector;
import dev.millrace.content.BlobInventory;
import dev.millrace.content.ContentStore;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.WorkerAgent;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.journal.DefinitionStore;
import dev.millrace.journal.Journal;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.SqliteActionCache;
import dev.millrace.journal.SqliteDatabase;
import dev.millrace.journal.SqliteDefinitions;
import dev.millrace.journal.SqliteJournal;
import dev.millrace.journal.SqliteStepDurations;
import dev.millrace.journal.StateLock;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.schedule.WorkerSpec;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The engine for one machine: runs pipelines with all state in one directory.
 *
 * <pre>
 * millrace.db   facts of runs, actions and results
 * lock          held by the one process that runs pipelines here
 * store/        blobs
 * sandboxes/    working directories of attempts
 * </pre>
 *
 * <p>Safe for use by many threads.
 */
public final class Engine implements AutoCloseable {
  private static final String WORKER = "local";

  /** With fewer attempts than this before it, the worker soon has nothing to do. */
  private static final int HUNGRY = 4;

  private final StateLock lock;
  private final SqliteDatabase database;
  private final Journal journal;
  private final ActionCache cache;
  private final DiskContentStore store;
  private final Trees trees;
  private final ResultReader results;
  private final ToolFingerprints tools;
  private final EventLoop loop;
  private final ExecutorService workers;
  private final LazySandboxes sandboxes;
  private final SandboxedAttempts attempts;
  private final WorkerAgent worker;
  private final EngineNode node;
  private final Observation observation;
  private final DiskSpace space;
  private final RunUptake uptake;
  private final RunContext.Host host;
  private final ExecutorImages images;
  private final Set<String> executors;

  private Engine(EngineConfig config, Opened opened, Parts parts) throws IOException {
    lock = opened.lock;
    database = opened.database;
    observation = opened.observation;
    journal = new SqliteJournal(database);
    cache = new SqliteActionCache(database, InstantSource.system());
    store = DiskContentStore.open(EngineConfig.store(config.stateDirectory()));
    trees = new Trees(store);
    results = new ResultReader(trees.store());
    tools = new ToolFingerprints(config.searchPath());
    loop = new EventLoop("millrace-loop", this::broken);
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    workers =
        Executors.newFixedThreadPool(
            threads,
            Thread.ofPlatform()
                .daemon()
                .name("millrace-worker")
                .uncaughtExceptionHandler((thread, e) -> loop.execute(() -> broken(e)))
                .factory());
    Leftovers leftovers = new Leftovers(parts.executors, this::mayGoOn);
    sandboxes =
        new LazySandboxes(config.stateDirectory(), trees, parts.beforeFirstAttempt, leftovers);
    Map<String, TaskExecutor> byName = new HashMap<>();
    parts.executors.forEach(executor -> byName.put(executor.name(), executor));
    executors = Set.copyOf(byName.keySet());
    images = new ExecutorImages(Map.copyOf(byName));
    LocalPost post = new LocalPost(loop);
    node = new EngineNode(loop, post, new JournalEndings(journal, workers));
    AttemptSandbox.Factory factory =
        new AttemptSandbox.Factory(config, sandboxes, results, cache, trees, WORKER);
    WorkerSpec self = new WorkerSpec(WORKER, executors, config.resources(), Map.of());
    Stalls stalls = new Stalls(loop, reason -> stalled(reason));
    space = new DiskSpace(config.stateDirectory());
    attempts = new SandboxedAttempts(byName, factory, stalls, space);
    worker = new WorkerAgent(self, observation.observed(attempts), post, System::nanoTime);
    Takeover takeover = new Takeover(leftovers, attempts, worker, observation);
    post.connect(node, worker, attempts::expect);
    host =
        new RunContext.Host(
            loop,
            workers,
            post,
            cache,
            trees,
            results,
            tools,
            images,
            new SqliteStepDurations(database),
            () -> ThreadLocalRandom.current().nextDouble(),
            () -> worker.waiting() < HUNGRY);
    double slots = config.resources().getOrDefault("cpus", 1.0);
    loop.execute(() -> node.place(true));
    tick();
    WishInbox inbox = new WishInbox(config.stateDirectory());
    WishTaker wishes = new WishTaker(loop, workers, inbox, journal, node);
    wishes.start();
    uptake = new RunUptake(journal, host, slots, node, observation, takeover, wishes);
  }

  private void stalled(@Nullable String reason) {
    observation.paused(reason);
    worker.stall(reason);
  }

  private void tick() {
    if (observation.journalTrouble() != null) {
      // Nobody may have anything to write: without this it would not be seen that it could be.
      var _ = database.probe();
    }
    worker.tick();
    loop.execute(node::tick);
    loop.schedule(EngineNode.TICK_MILLIS, this::tick);
  }

  /**
   * Says that an engine will soon be opened by this process, so that what takes time at the first
   * can be done meanwhile. Returns at once.
   */
  public static void expect() {
    Thread.ofPlatform().daemon().name("millrace-warm-up").start(SqliteDatabase::warmUp);
  }

  /**
   * What an engine is given from outside.
   *
   * @param executors the installed ones, by different names; closed with the engine
   * @param beforeFirstAttempt ends what an earlier engine on this state left running; called once,
   *     and only if an attempt is to be made
   * @param observer watches the engine at work
   */
  public record Parts(
      List<TaskExecutor> executors, Runnable beforeFirstAttempt, EngineObserver observer) {
    public Parts {
      executors = List.copyOf(executors);
    }

    /** Parts of an engine that nobody watches. */
    public Parts(List<TaskExecutor> executors, Runnable beforeFirstAttempt) {
      this(executors, beforeFirstAttempt, EngineObserver.NONE);
    }

    /** Returns the same, watched by that observer. */
    public Parts observedBy(EngineObserver watching) {
      return new Parts(executors, beforeFirstAttempt, watching);
    }
  }

  /** What an engine begins with. */
  private record Opened(StateLock lock, SqliteDatabase database, Observation observation) {}

  /**
   * Opens the state directory, which is made if it does not exist.
   *
   * @param command what this process does, for the message that a second process gets
   * @throws dev.millrace.journal.StateInUseException if another process runs pipelines in it
   * @throws IOException if it cannot be read or written
   */
  public static Engine open(EngineConfig config, String command, Parts parts) throws IOException {
    StateLock lock = StateLock.acquire(config.stateDirectory(), command);
    try {
      Observation observation = new Observation(parts.observer);
      SqliteDatabase database = SqliteDatabase.open(lock, observation::journal);
      try {
        return new Engine(config, new Opened(lock, database, observation), parts);
      } catch (IOException | RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Returns the content store: what a submission refers to must be in it. */
  public ContentStore store() {
    return store;
  }

  /** Returns all that the content store holds. */
  public BlobInventory inventory() {
    return store;
  }

  /** Returns the directories in the content store. */
  public Trees trees() {
    return trees;
  }

  /** Returns what a server was told to keep; closed with the engine. */
  public DefinitionStore definitions() {
    return new SqliteDefinitions(database);
  }

  /** Returns the registered pipelines. */
  public PipelineRegistry pipelines() {
    return new PipelineRegistry(definitions(), store);
  }

  /** Returns what counts, checks and shrinks the cache. */
  public CacheCollector collector() {
    return new CacheCollector(cache, store, store);
  }

  /**
   * Returns an attempt whose command runs now.
   *
   * @return null if it does not, or leaves no log
   */
  public @Nullable LiveAttempt live(AttemptRef attempt) {
    return attempts.live(attempt);
  }

  /** Returns the names of the installed executors. */
  public Set<String> executors() {
    return executors;
  }

  /**
   * Returns why the engine cannot do its work at the moment, in a sentence, or nothing where it
   * can. What it says of a full disk and of a journal that cannot be written passes by itself; an
   * engine that broke stays broken. May take as long as a system call.
   */
  public Optional<String> unfit() {
    Throwable broken = observation.whyBroken();
    if (broken != null) {
      return Optional.of("the engine broke: " + broken);
    }
    String journal = observation.journalTrouble();
    if (journal != null) {
      return Optional.of("the journal cannot be written: " + journal);
    }
    String paused = observation.whyPaused();
    if (paused != null) {
      return Optional.of("no task is started: " + paused);
    }
    return space.isFull() ? Optional.of(space.message()) : Optional.empty();
  }

  /** Asks what there is to do. Completes soon, unless the engine's loop is stuck or closed. */
  public CompletionStage<EngineLoad> load() {
    CompletableFuture<EngineLoad> answer = new CompletableFuture<>();
    loop.execute(() -> answer.complete(node.load()));
    return answer;
  }

  /**
   * Runs a pipeline, or goes on with an earlier run of the very same submission that was
   * interrupted.
   *
   * @param plan of the submission's document and parameters
   * @param sources asked when content of the submission's files is lost from the store
   * @param listener follows the run; hears only what happens from now on
   * @throws IOException if the run cannot be recorded
   */
  public RunHandle run(
      Plan plan, Submission submission, SourceProvider sources, RunListener listener)
      throws IOException {
    RunUptake.Asked asked = new RunUptake.Asked(new RunPlan(plan), submission, sources, listener);
    byte[] document = submission.documentBytes();
    Digest digest = submission.digest(Digest.of(document));
    Optional<RunRecord> interrupted = journal.findUnfinished(digest.text());
    return interrupted.isPresent()
            && images.standAsIn(new RunFacts(journal, interrupted.get().id()), plan)
        ? uptake.goOn(interrupted.get().id(), asked)
        : uptake.begin(digest, trees.store().put(document), asked);
  }

  /**
   * Runs a pipeline as a run of its own, even if an equal submission is under way.
   *
   * @param plan of the submission's document and parameters
   * @param sources asked when content of the submission's files is lost from the store
   * @param listener follows the run
   * @throws IOException if the run cannot be recorded
   */
  public RunHandle submit(
      Plan plan, Submission submission, SourceProvider sources, RunListener listener)
      throws IOException {
    byte[] document = submission.documentBytes();
    Digest digest = submission.digest(Digest.of(document));
    RunUptake.Asked asked = new RunUptake.Asked(new RunPlan(plan), submission, sources, listener);
    return uptake.begin(digest, trees.store().put(document), asked);
  }

  /**
   * Finds out what a run of a pipeline would take from the cache. Nothing is run or recorded.
   *
   * @param plan of the submission's document and parameters
   * @return how the run would stand before its first attempt: what would be run is queued, what
   *     needs its result is waiting
   * @throws IOException if storage cannot be used now
   */
  public RunHistory dryRun(Plan plan, Submission submission) throws IOException {
    RunPlan runPlan = new RunPlan(plan);
    Digest document = Digest.of(submission.documentBytes());
    AcceptedRun accepted =
        AcceptedRun.of(
            RunIds.next(Instant.now()),
            runPlan,
            submission,
            submission.digest(document),
            document,
            Instant.now());
    RunContext context =
        new RunContext(
            accepted.record().id(),
            submission,
            SourceProvider.NONE,
            runPlan,
            _ -> 0,
            new RunImages(),
            host);
    return DryRun.of(context, images, accepted);
  }

  /**
   * Goes on with a run that no engine drives any more.
   *
   * @param sources asked when content of the submission's files is lost from the store
   * @param listener follows the run; hears only what happens from now on
   * @throws IllegalArgumentException if there is no such run
   * @throws IOException if the run's document is gone from the store
   */
  public RunHandle resume(String id, SourceProvider sources, RunListener listener)
      throws IOException {
    return goOn(record(id).id(), sources, listener);
  }

  /**
   * Takes a run up again that has failed or was cancelled: what failed is run again, and what
   * depends on it; the rest stays.
   *
   * @param by who asked for it
   * @param sources asked when content of the submission's files is lost from the store
   * @param listener follows the run; hears only what happens from now on
   * @throws IllegalArgumentException if there is no such run, or it has succeeded; the message says
   *     so
   * @throws IOException if the run's document is gone from the store
   */
  public RunHandle retry(String id, String by, SourceProvider sources, RunListener listener)
      throws IOException {
    if (record(id).summary().status().equals(RunStatus.SUCCEEDED.label())) {
      throw new IllegalArgumentException("run " + id + " has succeeded: nothing is left to retry");
    }
    RunHandle handle = goOn(id, sources, listener);
    handle.reopen(by);
    return handle;
  }

  /**
   * Takes a run up that has not ended and that no engine drives any more, and cancels it.
   *
   * @param force steps that run {@code always} are not run either
   * @param sources asked when content of the submission's files is lost from the store
   * @param listener follows the run; hears only what happens from now on
   * @throws IllegalArgumentException if there is no such run, or it has ended; the message says so
   * @throws IOException if the run's document is gone from the store
   */
  public RunHandle cancel(String id, boolean force, SourceProvider sources, RunListener listener)
      throws IOException {
    RunRecord record = record(id);
    if (record.summary().finished() != null) {
      throw new IllegalArgumentException(
          "run " + id + " has ended: its status is " + record.summary().status());
    }
    RunHandle handle = goOn(id, sources, listener);
    handle.cancel(force);
    return handle;
  }

  private RunRecord record(String id) {
    return journal
        .find(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no run " + id));
  }

  private RunHandle goOn(String id, SourceProvider sources, RunListener listener)
      throws IOException {
    Submission submission = new RunFacts(journal, id).submission(store);
    RunPlan plan = new RunPlan(Replanning.plan(submission));
    return uptake.goOn(id, new RunUptake.Asked(plan, submission, sources, listener));
  }

  /** Tells whether a run is there and has not ended, so that attempts of it can be of use. */
  private boolean mayGoOn(String run) {
    return journal.find(run).filter(found -> found.summary().finished() == null).isPresent();
  }

  /** A bug, or no memory: no run can be trusted to go on. What is durable stays as it is. */
  private void broken(Throwable cause) {
    observation.broken(cause);
    node.abandonAll(cause);
  }

  /**
   * Stops. Runs that have not ended stay as they are in the journal and go on when submitted again;
   * what they run now is killed.
   */
  @Override
  public void close() throws IOException {
    try (lock;
        database;
        sandboxes) {
      // The loop first: what is killed now is lost, not cancelled, and must not be recorded.
      loop.close();
      attempts.close();
      workers.shutdown();
    }
  }
}
