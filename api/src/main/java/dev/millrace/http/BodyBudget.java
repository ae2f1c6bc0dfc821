package dev.millrace.http;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that the bodies of all requests take together: each is bounded by itself, but
 * many may come at once.
 */
final class BodyBudget {
  private final long largest;
  private final long budget;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param largest that a body may be, in bytes: what one that does not tell its length counts
   * @param budget for all together, in bytes
   */
  BodyBudget(long largest, long budget) {
    this.largest = largest;
    this.budget = Math.max(largest, budget);
  }

  /** Lets a request on if there is room for its body, until it has been answered. */
  void reserve(RoutingContext context) {
    long length = length(context);
    if (taken.addAndGet(length) > budget) {
      taken.addAndGet(-length);
      throw ApiException.busy("too much is being sent at this moment; try again in a second");
    }
    context.addEndHandler(_ -> taken.addAndGet(-length));
    context.next();
  }

  private long length(RoutingContext context) {
    String header = context.request().getHeader("Content-Length");
    if (header == null) {
      boolean hasBody = context.request().getHeader("Transfer-Encoding") != null;
      return hasBody ? largest : 0;
    }
    try {
      return Math.clamp(Long.parseLong(header), 0, largest);
    } catch (NumberFormatException e) {
      return largest;
    }
  }
}
