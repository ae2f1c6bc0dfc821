package dev.millrace.webhook;

import dev.millrace.automation.WebhookSignature;
import dev.millrace.journal.DefinitionStore;
import dev.millrace.journal.DefinitionStore.Definition;
import dev.millrace.journal.RunRecord;
import dev.millrace.pipeline.Problem;
import dev.millrace.runtime.RunArchive;
import dev.millrace.wire.RunEvents;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks of a server. What is set up is durable, and so is how far each is with each run.
 * Safe for use by many threads; methods that change something wait.
 */
public final class Webhooks {
  private static final String KIND = "webhook";
  private static final int MOST = 100;
  private static final int NAME_THREADS = 4;

  private final Host host;
  private final SortedMap<String, Courier> couriers = new ConcurrentSkipListMap<>();

  /**
   * What of the server they work with.
   *
   * @param names threads that look up addresses of receivers
   * @param warnings is told what goes wrong
   */
  record Host(
      Vertx vertx,
      WorkerExecutor names,
      DefinitionStore store,
      RunEvents events,
      RunArchive archive,
      Consumer<String> warnings) {}

  private Webhooks(Host host) {
    this.host = host;
  }

  /**
   * Goes on with what was set up; to be called before any run goes on.
   *
   * @param warnings is told what goes wrong while they work
   */
  public static Webhooks open(
      Vertx vertx,
      DefinitionStore store,
      RunEvents events,
      RunArchive archive,
      Consumer<String> warnings) {
    WorkerExecutor names = vertx.createSharedWorkerExecutor("millrace-webhooks", NAME_THREADS);
    Webhooks webhooks = new Webhooks(new Host(vertx, names, store, events, archive, warnings));
    for (Definition one : store.list(KIND, "", MOST)) {
      webhooks.start(Webhook.parse(one.name(), one.value()));
    }
    return webhooks;
  }

  private void start(Webhook webhook) {
    Courier courier = new Courier(host, webhook);
    couriers.put(webhook.name(), courier);
    courier.begin();
  }

  /**
   * Takes note that a run has more durable facts; quick.
   *
   * @param first the number of the first of them
   */
  public void committed(String run, long first) {
    for (Courier courier : couriers.values()) {
      courier.committed(run, first);
    }
  }

  /** Takes note, durably, that a run that has ended will go on; waits. */
  public void expect(String run) throws IOException {
    RunRecord record = host.archive.record(run).orElse(null);
    if (record == null || couriers.isEmpty()) {
      return;
    }
    long last = 0;
    RunEvents.Reader reader = host.events.open(run);
    try {
      for (List<RunEvents.Event> page = reader.page(1);
          !page.isEmpty();
          page = reader.page(last + 1)) {
        last = page.getLast().sequence();
      }
    } finally {
      reader.close();
    }
    for (Courier courier : couriers.values()) {
      courier.expect(record, last);
    }
  }

  /**
   * Finds out what is wrong with a webhook.
   *
   * @return all that is
   */
  public List<Problem> check(Webhook webhook) {
    List<Problem> problems = new ArrayList<>();
    String refusal = Receiver.refuse(webhook.url());
    if (refusal != null) {
      problems.add(new Problem("webhook-url", "/url", refusal));
    }
    if (!webhook.secret().isEmpty() && !isSecret(webhook.secret())) {
      problems.add(
          new Problem(
              "webhook-secret",
              "/secret",
              "it must be whsec_ and 24 to 64 bytes in Base64; leave it out to have one made"));
    }
    if (!couriers.containsKey(webhook.name()) && couriers.size() >= MOST) {
      problems.add(new Problem("webhook-many", "", "there are " + MOST + " already; delete one"));
    }
    return problems;
  }

  /**
   * Sets a webhook up, or changes it; where no secret is given, the one that it has stays.
   *
   * @param webhook without problems
   * @return as it is now
   * @throws IOException if it cannot be recorded
   */
  public synchronized Webhook put(Webhook webhook) throws IOException {
    Courier before = couriers.get(webhook.name());
    String secret = webhook.secret();
    if (secret.isEmpty()) {
      secret = before == null ? WebhookSignature.newSecret() : before.webhook().secret();
    }
    long created = before == null ? System.currentTimeMillis() : before.webhook().createdMillis();
    Webhook next = webhook.with(secret, created);
    await(host.store.update(KIND, next.name(), _ -> next.stored()));
    if (before != null) {
      stop(before);
    }
    start(next);
    return next;
  }

  /** What is under way first ends, so that the order of a run's events stays. */
  private static void stop(Courier courier) {
    courier.stop().toCompletionStage().toCompletableFuture().join();
  }

  /**
   * Removes a webhook with all that is known of it.
   *
   * @return false if there is none
   * @throws IOException if that cannot be recorded
   */
  public synchronized boolean delete(String name) throws IOException {
    Courier courier = couriers.get(name);
    if (courier == null) {
      return false;
    }
    await(host.store.update(KIND, name, _ -> null));
    couriers.remove(name);
    stop(courier);
    courier.forget();
    return true;
  }

  private static void await(CompletionStage<Void> write) throws IOException {
    try {
      write.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException("the change cannot be recorded: " + e.getCause(), e);
    }
  }

  /** Returns the webhook of that name, or null. */
  public @Nullable Webhook find(String name) {
    Courier courier = couriers.get(name);
    return courier == null ? null : courier.webhook();
  }

  /**
   * Lists them by name.
   *
   * @param after the name behind which to begin
   */
  public List<Webhook> list(String after, int limit) {
    return couriers.values().stream()
        .map(Courier::webhook)
        .filter(webhook -> webhook.name().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  /**
   * Lists what a receiver did not take.
   *
   * @param after the cursor of the last one seen, or the empty text
   */
  public List<DeadLetter> deadLetters(String name, String after, int limit) {
    Courier courier = couriers.get(name);
    return courier == null ? List.of() : courier.deadLetters().list(after, limit);
  }

  /** Sends dead letters once more; those that are taken now are no more. */
  public void redeliver(String name, List<DeadLetter> letters) {
    Courier courier = couriers.get(name);
    if (courier != null) {
      courier.redeliver(letters);
    }
  }

  private static boolean isSecret(String text) {
    try {
      return WebhookSignature.secret(text).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
