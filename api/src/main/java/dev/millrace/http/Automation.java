package dev.millrace.http;

import dev.millrace.automation.Schedules;
import dev.millrace.automation.SecretBox;
import dev.millrace.automation.TriggerWatch;
import dev.millrace.automation.Triggers;
import dev.millrace.journal.DefinitionStore;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.PipelineRegistry;
import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Registered pipelines, and what starts runs of them by itself, on a thread of its own. */
final class Automation implements AutoCloseable {
  /** So late is an event or a time noticed at most; looking costs nothing where there is none. */
  private static final long TICK_MILLIS = 100;

  private static final long LONGEST_CLOSE_SECONDS = 10;

  private final PipelineOperations pipelines;
  private final ScheduleOperations scheduling;
  private final TriggerOperations triggering;
  private final Schedules schedules;
  private final TriggerWatch watch;
  private final ScheduledExecutorService thread;
  private final Consumer<String> warnings;
  private boolean begun;

  /** What of the server it works with. */
  record Host(
      Engine engine,
      RunArchive archive,
      LiveRuns runs,
      EventLogs logs,
      Submissions submissions,
      Path state,
      Consumer<String> warnings) {}

  Automation(Host host) throws IOException {
    InstantSource clock = InstantSource.system();
    warnings = host.warnings;
    PipelineRegistry registry = host.engine.pipelines();
    DefinitionStore store = host.engine.definitions();
    RunLaunches launcher = new RunLaunches(host.runs, host.archive, host.submissions, registry);
    SecretBox box = SecretBox.open(host.state.resolve("triggers.key"));
    schedules = new Schedules(store, launcher, clock, host.warnings);
    Triggers triggers = new Triggers(store, launcher, box, clock, host.warnings);
    JournalRuns watched = new JournalRuns(host.runs, host.archive, host.logs);
    watch = new TriggerWatch(store, triggers, watched, launcher, clock, host.warnings);
    pipelines = new PipelineOperations(registry, host.submissions, clock);
    scheduling = new ScheduleOperations(schedules, host.archive);
    triggering = new TriggerOperations(triggers, host.archive);
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("millrace-automation").factory());
    host.runs.tell(
        new LiveRuns.News() {
          @Override
          public void committed(String run, long first) {
            watch.notice(run);
          }

          @Override
          public void expect(String run) throws IOException {
            watch.expect(run);
          }
        });
  }

  /** Begins to start runs; to be called when those that were left go on. */
  void begin() {
    var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      schedules.tick();
      if (!begun) {
        watch.begin();
        begun = true;
      }
      watch.tick();
    } catch (RuntimeException e) {
      warnings.accept("schedules and triggers cannot be followed now: " + e);
    }
  }

  PipelineOperations pipelines() {
    return pipelines;
  }

  ScheduleOperations scheduling() {
    return scheduling;
  }

  TriggerOperations triggering() {
    return triggering;
  }

  /** Starts no more runs, and waits until the one that is being started is. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
