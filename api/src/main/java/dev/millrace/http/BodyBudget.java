package dev.millrace.http;

import dev.millrace.access.Principal;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that the bodies of all requests take together, and for how long each may take
 * it: each is bounded by itself, but many may come at once, and slowly.
 */
final class BodyBudget {
  private final long largest;
  private final long budget;
  private final long patienceMillis;
  private final AtomicLong taken = new AtomicLong();
  private final Map<String, Long> takenBy = new ConcurrentHashMap<>();

  /**
   * @param largest that a body may be, in bytes
   * @param budget for all together, in bytes; one caller may have half of it
   * @param patienceMillis in so long a body must be here
   */
  BodyBudget(long largest, long budget, long patienceMillis) {
    this.largest = largest;
    this.budget = Math.max(2 * largest, budget);
    this.patienceMillis = patienceMillis;
  }

  /** Lets a request on if there is room for its body, until it has been answered. */
  void reserve(RoutingContext context) {
    long length = length(context);
    if (length == 0) {
      context.next();
      return;
    }
    Principal principal = Callers.known(context);
    String caller = principal == null ? "" : principal.name();
    take(caller, length);
    if (taken.get() > budget || takenBy.getOrDefault(caller, 0L) > budget / 2) {
      take(caller, -length);
      throw ApiException.busy("too much is being sent at this moment; try again in a second");
    }
    context.addEndHandler(_ -> take(caller, -length));
    long timer = context.vertx().setTimer(patienceMillis, _ -> tooSlow(context));
    context.addEndHandler(_ -> context.vertx().cancelTimer(timer));
    context.next();
  }

  private void take(String caller, long length) {
    taken.addAndGet(length);
    takenBy.merge(caller, length, (one, other) -> one + other == 0 ? null : one + other);
  }

  private static void tooSlow(RoutingContext context) {
    if (!context.request().isEnded() && !context.response().closed()) {
      var _ = context.request().connection().close();
    }
  }

  private long length(RoutingContext context) {
    String header = context.request().getHeader("Content-Length");
    if (header == null) {
      if (context.request().getHeader("Transfer-Encoding") != null) {
        throw ApiException.lengthRequired();
      }
      return 0;
    }
    try {
      return Math.clamp(Long.parseLong(header), 0, largest);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("Content-Length is no number");
    }
  }
}
