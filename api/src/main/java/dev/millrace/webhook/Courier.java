package dev.millrace.webhook;

import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.runtime.RunIds;
import dev.millrace.wire.RunEvents.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the events of runs to one webhook: of each run in order and one at a time, several runs at
 * once. How far it is with a run is durable, and written down after the receiver has said yes: what
 * was under way when the server died is sent again.
 *
 * <p>It holds a lane for each run that goes on here, and for at most so many of the others; the
 * rest waits on disk. All of it happens on one context.
 */
final class Courier {
  /** So many messages are under way at once. */
  private static final int BUSY = 8;

  /** So many runs are tried again and again; beyond that, only those that go on. */
  private static final int LANES = 1_000;

  private static final long TICK_MILLIS = 10_000;

  /** How long a run that is done keeps its row; clocks may be wrong by so much. */
  private static final long MARGIN_MILLIS = 60_000;

  private final Webhooks.Host host;
  private final Webhook webhook;
  private final Receiver receiver;
  private final Context context;
  private final Progress progress;
  private final DeadLetters dead;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final Promise<Void> idle = Promise.promise();
  private final long ticking;
  private int busy;
  private boolean someWaitOnDisk;
  private volatile boolean stopped;

  Courier(Webhooks.Host host, Webhook webhook) {
    this.host = host;
    this.webhook = webhook;
    receiver = new Receiver(host.vertx(), host.names());
    context = host.vertx().getOrCreateContext();
    progress = new Progress(host.store(), webhook.name());
    dead = new DeadLetters(host.store(), webhook.name());
    ticking = host.vertx().setPeriodic(TICK_MILLIS, _ -> context.runOnContext(_ -> tick()));
  }

  Webhook webhook() {
    return webhook;
  }

  DeadLetters deadLetters() {
    return dead;
  }

  /** Takes up what was left; to be called before any run goes on, on a thread that may wait. */
  void begin() {
    resume();
    String watermark = progress.watermark();
    if (watermark == null) {
      watermark = RunIds.at(Instant.ofEpochMilli(webhook.createdMillis()));
      progress.setWatermark(watermark).toCompletableFuture().join();
    }
    RunQuery query = new RunQuery(null, null, Map.of(), null, watermark, 500);
    for (List<RunRecord> page = host.archive().list(query);
        !page.isEmpty();
        page = host.archive().list(query.after(page.getLast()))) {
      for (RunRecord run : page) {
        if (webhook.wants(run) && progress.find(run.id()) == null) {
          start(new Lane(run.id(), 0));
        }
      }
    }
  }

  /** Makes lanes of rows, as many as there may be. */
  private void resume() {
    String after = "";
    for (List<Progress.RunRow> page = progress.list(after);
        !page.isEmpty();
        page = progress.list(after)) {
      for (Progress.RunRow one : page) {
        if (one.row().done()) {
          continue;
        }
        if (lanes.size() >= LANES) {
          context.runOnContext(_ -> someWaitOnDisk = true);
          return;
        }
        Lane lane = new Lane(one.run(), one.row().delivered());
        lane.failingSince = one.row().failingSince();
        lane.recorded = true;
        start(lane);
      }
      after = page.getLast().run();
    }
  }

  private void start(Lane lane) {
    if (lanes.putIfAbsent(lane.run, lane) == null) {
      context.runOnContext(_ -> wake(lane));
    }
  }

  /**
   * Takes note that a run has more facts; quick.
   *
   * @param first the number of the first of them
   */
  void committed(String run, long first) {
    Lane lane = lanes.get(run);
    if (lane == null) {
      start(new Lane(run, first - 1));
    } else if (!lane.noticed.getAndSet(true)) {
      context.runOnContext(_ -> wake(lane));
    }
  }

  /** Takes note, durably, that a run that has ended will go on. */
  void expect(RunRecord run, long last) {
    if (webhook.wants(run)) {
      Progress.Row before = progress.find(run.id());
      if (before == null || before.done()) {
        Progress.Row row = new Progress.Row(before == null ? last : before.delivered(), 0, false);
        progress.put(run.id(), row).toCompletableFuture().join();
      }
    }
  }

  private void wake(Lane lane) {
    if (!stopped && !lane.working && !lane.ignored) {
      lane.working = true;
      whenFree(() -> work(lane));
    }
  }

  private void whenFree(Runnable work) {
    if (busy < BUSY) {
      busy++;
      work.run();
    } else {
      queue.add(work);
    }
  }

  private void free() {
    busy--;
    Runnable next = stopped ? null : queue.poll();
    if (next != null) {
      busy++;
      next.run();
    } else if (stopped && busy == 0) {
      idle.tryComplete();
    }
  }

  /** What is to be done for a lane next. */
  private record Found(boolean ended, List<Event> page) {}

  private void work(Lane lane) {
    try {
      lookAndTake(lane);
    } catch (RejectedExecutionException e) {
      stopped = true; // the server stops; what was not sent is sent at its next start
    }
  }

  private void lookAndTake(Lane lane) {
    context
        .executeBlocking(() -> look(lane), false)
        .onComplete(
            found -> took(lane, found),
            failure -> {
              host.warnings().accept(complaint(lane, failure));
              retryLater(lane);
            });
  }

  private String complaint(Lane lane, Throwable failure) {
    return "webhook " + webhook.name() + " cannot go on with run " + lane.run + ": " + failure;
  }

  /** Whether the run had ended is asked first, so that nothing can come after an empty page. */
  private Found look(Lane lane) throws IOException {
    RunRecord run = host.archive().record(lane.run).orElse(null);
    if (run == null || !webhook.wants(run)) {
      lane.ignored = true;
      return new Found(true, List.of());
    }
    if (!lane.recorded) {
      Progress.Row row = progress.find(lane.run);
      if (row == null) {
        progress.put(lane.run, lane.row(false)).toCompletableFuture().join();
      } else {
        lane.delivered = row.delivered();
      }
      lane.recorded = true;
    }
    lane.noticed.set(false);
    boolean ended = run.summary().finished() != null;
    if (lane.reader == null) {
      lane.reader = host.events().open(lane.run);
    }
    return new Found(ended, lane.reader.page(lane.delivered + 1));
  }

  private void took(Lane lane, Found found) {
    if (stopped || lane.ignored) {
      rest(lane);
    } else if (!found.page.isEmpty()) {
      deliver(lane, found.page, 0);
    } else if (found.ended) {
      finish(lane);
    } else {
      rest(lane);
    }
  }

  private void rest(Lane lane) {
    lane.working = false;
    free();
    if (stopped) {
      lane.closeReader();
    } else if (lane.noticed.get()) {
      wake(lane);
    }
  }

  private void finish(Lane lane) {
    lane.closeReader();
    after(
        progress.put(lane.run, lane.row(true)),
        _ -> {
          lanes.remove(lane.run);
          free();
          if (lane.noticed.get()) {
            committed(lane.run, lane.delivered + 1); // taken up again meanwhile
          }
        });
  }

  /** Goes on with the events of a page from that index on. */
  private void deliver(Lane lane, List<Event> page, int index) {
    for (int i = index; i < page.size() && !stopped; i++) {
      Event event = page.get(i);
      if (webhook.wants(type(event))) {
        int next = i + 1;
        send(lane.run, event)
            .onComplete(
                _ -> delivered(lane, event, () -> deliver(lane, page, next)),
                failure -> failed(lane, event, failure, () -> deliver(lane, page, next)));
        return;
      }
      lane.delivered = event.sequence();
    }
    if (stopped) {
      rest(lane);
    } else {
      work(lane);
    }
  }

  private static String type(Event event) {
    return JsonReader.read(event.json()) instanceof JsonObject json
            && json.get("type") instanceof JsonString(String type)
        ? type
        : "";
  }

  private Future<Void> send(String run, Event event) {
    Promise<Void> here = Promise.promise();
    receiver
        .send(webhook, run + "/" + event.sequence(), event.json())
        .onComplete(result -> context.runOnContext(_ -> here.handle(result)));
    return here.future();
  }

  private void delivered(Lane lane, Event event, Runnable then) {
    lane.delivered = event.sequence();
    lane.failures = 0;
    lane.failingSince = 0;
    after(progress.put(lane.run, lane.row(false)), _ -> then.run());
  }

  private void failed(Lane lane, Event event, Throwable failure, Runnable then) {
    long now = System.currentTimeMillis();
    lane.failures++;
    if (lane.failingSince == 0) {
      lane.failingSince = now;
      after(progress.put(lane.run, lane.row(false)), _ -> retryLater(lane));
    } else if (now - lane.failingSince < webhook.patience().giveUpMillis()) {
      retryLater(lane);
    } else {
      DeadLetter letter = new DeadLetter(lane.run, event.sequence(), reason(failure), now);
      after(
          dead.add(letter),
          recorded -> {
            if (recorded) {
              delivered(lane, event, then);
              context.executeBlocking(
                  () -> {
                    dead.trim();
                    return true;
                  });
            } else {
              retryLater(lane);
            }
          });
    }
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Nothing of it is held meanwhile but its numbers, or not even those if there are many. */
  private void retryLater(Lane lane) {
    lane.closeReader();
    free();
    if (lanes.size() > LANES && !host.events().goesOn(lane.run)) {
      lanes.remove(lane.run);
      someWaitOnDisk = true;
      return;
    }
    long delay = webhook.patience().delayMillis(Math.max(1, lane.failures));
    host.vertx()
        .setTimer(
            delay,
            _ ->
                context.runOnContext(
                    _ -> {
                      lane.working = false;
                      wake(lane);
                    }));
  }

  /** What is called when a write has ended. */
  @FunctionalInterface
  private interface Written {
    void then(boolean durably);
  }

  /** A cursor that cannot be written costs no more than events that are sent twice. */
  private void after(CompletionStage<Void> write, Written written) {
    var _ =
        write.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                host.warnings().accept("webhook " + webhook.name() + " cannot write: " + failure);
              }
              context.runOnContext(_ -> written.then(failure == null));
            });
  }

  private void tick() {
    if (stopped) {
      return;
    }
    lanes.values().removeIf(lane -> lane.ignored && !host.events().goesOn(lane.run));
    boolean refill = someWaitOnDisk && lanes.size() < LANES / 2;
    someWaitOnDisk &= !refill;
    context.executeBlocking(
        () -> {
          if (refill) {
            resume();
          }
          moveWatermark();
          return true;
        },
        false);
  }

  private void moveWatermark() {
    String mark = RunIds.at(Instant.now().minusMillis(MARGIN_MILLIS));
    for (Lane lane : lanes.values()) {
      if (!lane.recorded && !lane.ignored && lane.run.compareTo(mark) < 0) {
        mark = lane.run;
      }
    }
    progress.setWatermark(mark).toCompletableFuture().join();
    String after = "";
    for (List<Progress.RunRow> page = progress.list(after);
        !page.isEmpty() && page.getFirst().run().compareTo(mark) < 0;
        page = progress.list(after)) {
      for (Progress.RunRow one : page) {
        if (one.row().done() && one.run().compareTo(mark) < 0) {
          var _ = progress.remove(one.run());
        }
      }
      after = page.getLast().run();
    }
  }

  /** Sends dead letters once more, one after the other; those that are taken are no more. */
  void redeliver(List<DeadLetter> letters) {
    Deque<DeadLetter> left = new ArrayDeque<>(letters);
    context.runOnContext(_ -> whenFree(() -> redeliverNext(left)));
  }

  private void redeliverNext(Deque<DeadLetter> left) {
    DeadLetter letter = stopped ? null : left.poll();
    if (letter == null) {
      free();
      return;
    }
    context
        .executeBlocking(() -> event(letter), false)
        .compose(event -> event == null ? Future.succeededFuture() : send(letter.run(), event))
        .onComplete(
            _ -> after(dead.remove(letter), _ -> redeliverNext(left)),
            failure -> {
              long now = System.currentTimeMillis();
              DeadLetter again =
                  new DeadLetter(letter.run(), letter.sequence(), reason(failure), now);
              after(dead.add(again), _ -> redeliverNext(left));
            });
  }

  private @Nullable Event event(DeadLetter letter) throws IOException {
    var reader = host.events().open(letter.run());
    try {
      List<Event> page = reader.page(letter.sequence());
      return page.isEmpty() ? null : page.getFirst();
    } finally {
      reader.close();
    }
  }

  /** Stops; completes when nothing is under way any more. */
  Future<Void> stop() {
    stopped = true;
    host.vertx().cancelTimer(ticking);
    context.runOnContext(
        _ -> {
          queue.clear();
          new ArrayList<>(lanes.values())
              .forEach(
                  lane -> {
                    if (!lane.working) {
                      lane.closeReader();
                    }
                  });
          if (busy == 0) {
            idle.tryComplete();
          }
        });
    return idle.future().onComplete(_ -> receiver.close());
  }

  /** Forgets how far it was; after {@link #stop}. */
  void forget() {
    progress.clear();
    dead.clear();
  }
}
