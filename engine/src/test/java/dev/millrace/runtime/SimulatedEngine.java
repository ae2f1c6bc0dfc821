package dev.millrace.runtime;

import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunWish;
import dev.millrace.runtime.invariant.Observation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An engine process: the real node and run drivers over simulated time, journal and network. */
final class SimulatedEngine extends SimulatedProcess {
  private final String name;
  private final SimulatedTime time;
  private final SimulatedLoop loop;
  private final SimulatedJournal.Connection journal;
  private final EngineNode node;
  private final RunContext.Host host;
  private final Consumer<Observation> observer;
  private final Map<String, RunDriver> drivers = new HashMap<>();
  private boolean places;

  /** Makes the engine's host from its loop and the executor of its worker threads. */
  interface Hosting {
    RunContext.Host host(SimulatedLoop loop, Executor threads);
  }

  SimulatedEngine(
      String name,
      SimulatedTime time,
      SimulatedJournal database,
      Hosting hosting,
      Consumer<Observation> observer) {
    this.name = name;
    this.time = time;
    this.observer = observer;
    loop = new SimulatedLoop(time, this);
    journal = database.connect(this, name);
    host = hosting.host(loop, task -> time.in(time.draw(4), () -> run(task)));
    node = new EngineNode(loop, host.post());
    tick();
  }

  private void tick() {
    run(() -> loop.execute(node::tick));
    if (!isDead()) {
      time.in(EngineNode.TICK_MILLIS, this::tick);
    }
  }

  String name() {
    return name;
  }

  SimulatedJournal.Connection journal() {
    return journal;
  }

  /** Runs the placement loop from now on. */
  void place() {
    if (!places) {
      places = true;
      run(() -> loop.execute(() -> node.place(false)));
    }
  }

  boolean hasDriver(String run) {
    RunDriver driver = drivers.get(run);
    return driver != null && !driver.done().isDone();
  }

  void receive(ToPlacement message) {
    run(() -> loop.execute(() -> node.receive(message)));
  }

  void receive(ToOwner message) {
    run(() -> loop.execute(() -> node.receive(message)));
  }

  /** Begins a run whose first facts are durable. */
  void begin(SimulatedRun run, List<CommittedFact> first, RunMachine machine) {
    RunDriver driver = driver(run, new CommitBuffer.Owned(run.id(), 1, first.size()), machine);
    run(
        () -> {
          loop.execute(() -> node.add(driver));
          loop.execute(() -> driver.begin(first));
        });
  }

  /** Takes a run over, with the attempts that workers still have. */
  void takeOver(SimulatedRun run, Set<String> workers) {
    long epoch = journal.claim(run.id(), name);
    RunPlan plan = run.plan();
    RunMachine machine = new RunMachine(plan.nodes());
    long last = new RunFacts(journal, run.id()).forEach(fact -> machine.apply(fact.event()));
    RunDriver driver = driver(run, new CommitBuffer.Owned(run.id(), epoch, last), machine);
    run(
        () -> {
          loop.execute(() -> node.add(driver));
          loop.execute(() -> driver.goOn(workers));
        });
  }

  private RunDriver driver(SimulatedRun run, CommitBuffer.Owned owned, RunMachine machine) {
    RunContext context =
        new RunContext(
            run.id(), run.submission(), SourceProvider.NONE, run.plan(), step -> 1, host);
    RunListener listener =
        (view, facts) ->
            observer.accept(
                new Observation.Shown(
                    run.id(),
                    facts.isEmpty() ? 1 : facts.getFirst().sequence(),
                    facts.stream().map(CommittedFact::event).toList()));
    RunDriver driver = new RunDriver(context, machine, journal, owned, listener);
    drivers.put(run.id(), driver);
    return driver;
  }

  /** Asks something of a run that is here; tells when it is answered. */
  void command(String run, RunWish.Command wish, BiConsumer<String, SimulatedEngine> answered) {
    RunDriver driver = drivers.get(run);
    if (driver != null) {
      run(() -> loop.execute(() -> driver.command(wish, () -> answered.accept(run, this))));
    }
  }
}
