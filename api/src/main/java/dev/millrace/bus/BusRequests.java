package dev.millrace.bus;

import dev.millrace.bus.Desk.Answer;
import dev.millrace.bus.Desk.Question;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers on the addresses of the bus. */
final class BusRequests {
  /** The header of a request that holds the token, as HTTP's. */
  static final String AUTHORIZATION = "authorization";

  /** The header of a request that names it, so that it may be sent twice. */
  static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** The header of a reply that holds the status of HTTP. */
  static final String STATUS = "status";

  /** So many are answered at once, whoever asks; what they wait for are threads. */
  private static final int MOST_PENDING = 256;

  private final Desk desk;
  private final AtomicInteger pending = new AtomicInteger();

  BusRequests(Desk desk) {
    this.desk = desk;
  }

  void listen(EventBus bus) {
    for (BusAddress address : BusAddress.values()) {
      bus.consumer(address.address(), message -> answer(address, message));
    }
  }

  private void answer(BusAddress address, Message<Object> message) {
    JsonObject body = object(message.body());
    if (body == null) {
      reply(message, desk.problem(400, "the body of a message must be a JSON object"));
    } else if (pending.incrementAndGet() > MOST_PENDING) {
      pending.decrementAndGet();
      reply(message, desk.problem(503, "too much is being asked; ask again in a moment"));
    } else {
      desk.ask(
              new Question(
                  address.operation(),
                  message.headers().get(AUTHORIZATION),
                  message.headers().get(IDEMPOTENCY_KEY),
                  body))
          .onComplete(
              answer -> {
                pending.decrementAndGet();
                reply(message, answer);
              },
              failure -> {
                pending.decrementAndGet();
                reply(message, desk.problem(500, "the server could not answer"));
              });
    }
  }

  private static @Nullable JsonObject object(Object body) {
    return switch (body) {
      case null -> new JsonObject();
      case JsonObject object -> object;
      default -> null;
    };
  }

  /**
   * A failed reply has a number and a text, and nothing else passes every bridge: the text is the
   * problem details.
   */
  private static void reply(Message<Object> message, Answer answer) {
    if (answer.isGood()) {
      message.reply(
          new JsonObject(answer.body()),
          new DeliveryOptions().addHeader(STATUS, Integer.toString(answer.status())));
    } else {
      message.fail(answer.status(), answer.body().toString());
    }
  }
}
