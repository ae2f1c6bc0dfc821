package dev.millrace.runtime;

import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.Post;
import dev.millrace.executor.ImagePin;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.simulation.CacheLink;
import dev.millrace.simulation.DatabaseLink;
import dev.millrace.simulation.SimulatedLoop;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.StoreLink;
import dev.millrace.simulation.invariant.Happening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** One life of an engine: begins and takes up runs as the real one does. */
final class SimulatedNode {
  private static final long IMAGE_LASTS_MILLIS = 5_000;

  private final World world;
  private final SimulatedProcess process;
  private final SimulatedLoop loop;
  private final DatabaseLink database;
  private final StoreLink store;
  private final EngineNode node;
  private final RunContext.Host host;

  /**
   * @param posts makes the post of the process
   */
  SimulatedNode(World world, String name, Function<SimulatedNode, Post> posts) {
    this.world = world;
    process = new SimulatedProcess(name, world.time());
    loop = new SimulatedLoop(process, world.time(), world.chance(), world.watch()::threw);
    database = new DatabaseLink(world.database(), process, world.time(), world.chance());
    store = new StoreLink(world.store());
    Post post = posts.apply(this);
    Trees trees = new Trees(store);
    Executor workers =
        task ->
            process.after(world.chance().spread(20, 20 * SimulatedTime.MILLI), () -> guarded(task));
    node = new EngineNode(loop, post, new JournalEndings(database, workers));
    host =
        new RunContext.Host(
            loop,
            workers,
            post,
            new CacheLink(world.cache(), database::isCut, world.database()::isFull),
            trees,
            new ResultReader(store),
            new ToolFingerprints(""),
            this::pin,
            world.durations(),
            world.chance()::share,
            () -> world.chance().in(0.5));
  }

  /** Names move to other images as time passes, and who knows them is not always there. */
  private void pin(
      ImageName name, Pull pull, Consumer<String> progress, Consumer<ImagePin> answer) {
    process.after(
        world.chance().spread(20, 2_000 * SimulatedTime.MILLI),
        () -> {
          if (world.chance().in(0.05)) {
            answer.accept(new ImagePin.Refused("there is no such image"));
          } else if (world.chance().in(0.3)) {
            answer.accept(new ImagePin.Unavailable("it does not answer"));
          } else {
            long version = world.time().millis() / IMAGE_LASTS_MILLIS;
            answer.accept(new ImagePin.Pinned(name.image() + "@" + version));
          }
        });
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      world.watch().threw(e);
    }
  }

  SimulatedProcess process() {
    return process;
  }

  SimulatedLoop loop() {
    return loop;
  }

  DatabaseLink database() {
    return database;
  }

  StoreLink store() {
    return store;
  }

  EngineNode node() {
    return node;
  }

  /** Begins to say everything again, regularly. */
  void start() {
    loop.execute(node::tick);
    process.after(EngineNode.TICK_MILLIS * SimulatedTime.MILLI, this::start);
  }

  /** Returns whether it owns the run, as far as it knows. */
  boolean has(String run) {
    return process.isAlive() && node.find(run) != null;
  }

  // ---- runs ----

  /** Begins a run, unless it cannot be recorded. */
  void begin(SubmittedRun run) {
    RunPlan plan = new RunPlan(run.plan());
    Instant now = Instant.ofEpochMilli(world.time().millis());
    AcceptedRun accepted;
    try {
      Digest document = store.put(run.submission().documentBytes());
      accepted =
          AcceptedRun.of(
              run.id(), plan, run.submission(), run.submission().digest(), document, now);
    } catch (IOException e) {
      return;
    }
    var _ =
        database
            .create(accepted.record(), accepted.texts())
            .whenComplete(
                (ok, failure) -> {
                  if (failure == null) {
                    int facts = accepted.facts().size();
                    RunImages images = new RunImages();
                    CommitBuffer.Owned owned = new CommitBuffer.Owned(run.id(), 1, facts);
                    RunDriver driver = driver(run, plan, accepted.machine(), images, owned);
                    loop.execute(() -> driver.begin(accepted.facts()));
                  }
                });
  }

  /**
   * Takes a run over.
   *
   * @param present workers on which its attempts may still run
   * @param then called with its driver, on the loop
   * @param failed called if the database cannot be asked
   */
  void goOn(SubmittedRun run, Set<String> present, Consumer<RunDriver> then, Runnable failed) {
    try {
      long epoch = database.claim(run.id(), process.name());
      host.workers().execute(() -> replay(run, epoch, present, then, failed));
    } catch (UncheckedIOException e) {
      failed.run();
    }
  }

  private void replay(
      SubmittedRun run,
      long epoch,
      Set<String> present,
      Consumer<RunDriver> then,
      Runnable failed) {
    try {
      RunPlan plan = new RunPlan(run.plan());
      RunMachine machine = new RunMachine(plan.nodes());
      RunImages images = new RunImages();
      long last =
          new RunFacts(database, run.id())
              .forEach(
                  fact -> {
                    machine.apply(fact.event());
                    images.apply(fact.event());
                  });
      CommitBuffer.Owned owned = new CommitBuffer.Owned(run.id(), epoch, last);
      RunDriver driver = driver(run, plan, machine, images, owned);
      loop.execute(() -> driver.goOn(present, Map.of()));
      loop.execute(() -> then.accept(driver));
    } catch (UncheckedIOException e) {
      failed.run();
    }
  }

  private RunDriver driver(
      SubmittedRun run,
      RunPlan plan,
      RunMachine machine,
      RunImages images,
      CommitBuffer.Owned owned) {
    RunContext context =
        new RunContext(
            run.id(),
            run.submission(),
            run.sources(),
            plan,
            plan.weights(world.durations(), 2),
            images,
            host);
    RunDriver driver = new RunDriver(context, machine, database, owned, new Listener());
    loop.execute(() -> node.add(driver));
    var _ = driver.done().whenComplete((end, failure) -> ended(driver));
    return driver;
  }

  private void ended(RunDriver driver) {
    if (driver.hasEnded()) {
      world.watch().happened(new Happening.Answered(driver.id(), RunEvent.RunFinished.class, 0));
    }
  }

  private final class Listener implements RunListener {
    @Override
    public void committed(RunView run, List<CommittedFact> facts) {
      for (CommittedFact fact : facts) {
        world.watch().happened(new Happening.Shown(run.id(), fact.sequence(), fact.event()));
      }
    }

    @Override
    public void trouble(String message) {
      world.trace().note("trouble", message);
    }

    @Override
    public void recovered() {
      world.trace().note("recovered", process.name());
    }
  }
}
