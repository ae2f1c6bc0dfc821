package dev.millrace.bus;

import dev.millrace.bus.Desk.Answer;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client of a bridge, in the protocol of Vert.x's bridges: frames that send, register and
 * unregister come in, replies and events go out. Lives on the context of its connection.
 *
 * <p>It is the same for SockJS and TCP. What is sent goes to the addresses that answer and nowhere
 * else, and replies come to the one that has asked, so that no address of a reply can be listened
 * to. What a client does not take is left out where it can read it again, and ends the connection
 * where it cannot.
 */
final class BridgeSession {
  private final Vertx vertx;
  private final EventBus bus;
  private final Desk desk;
  private final BridgeLink link;
  private final Map<String, Registration> registrations = new HashMap<>();
  private final long check;
  private final long begun = System.nanoTime();
  private long heard = begun;
  private boolean known;
  private int pending;
  private final AtomicLong unsentOfAll;
  private long unsent;
  private boolean closed;

  private record Registration(MessageConsumer<?> consumer, @Nullable String authorization) {}

  /**
   * @param unsentOfAll bytes that no socket has taken yet, of all sessions
   */
  BridgeSession(Vertx vertx, Desk desk, BridgeLink link, AtomicLong unsentOfAll) {
    this.unsentOfAll = unsentOfAll;
    this.vertx = vertx;
    bus = vertx.eventBus();
    this.desk = desk;
    this.link = link;
    check = vertx.setPeriodic(BridgeLimits.CHECK_MILLIS, _ -> check());
  }

  private void check() {
    long now = System.nanoTime();
    if (isPast(now, heard, BridgeLimits.SILENCE_MILLIS)
        || (!known && !desk.knows(null) && isPast(now, begun, BridgeLimits.UNKNOWN_MILLIS))
        || registrations.values().stream().anyMatch(one -> refusal(one.authorization) != null)) {
      link.close();
    }
  }

  private static boolean isPast(long now, long since, long millis) {
    return now - since > millis * 1_000_000;
  }

  private @Nullable Answer refusal(@Nullable String authorization) {
    return desk.refusal(authorization, BusAddress.READ.operation());
  }

  /**
   * Gives back all that it holds; called when the connection is closed.
   *
   * @return false if it was called before
   */
  boolean end() {
    if (closed) {
      return false;
    }
    closed = true;
    vertx.cancelTimer(check);
    registrations.values().forEach(one -> one.consumer.unregister());
    registrations.clear();
    return true;
  }

  /** Takes a frame. */
  void receive(Buffer bytes) {
    if (closed) {
      return;
    }
    heard = System.nanoTime();
    if (bytes.length() > BridgeLimits.MESSAGE_BYTES) {
      tooLarge();
      return;
    }
    try {
      receive(new JsonObject(bytes));
    } catch (DecodeException | ClassCastException e) {
      refuse(null, 400, "a frame must be a JSON object, and so must its headers");
    }
  }

  /** Tells why, and closes: what comes next cannot be told from the rest of it. */
  void tooLarge() {
    refuse(null, 413, "a message may have " + BridgeLimits.MESSAGE_BYTES + " bytes at most");
    link.close();
  }

  private void receive(JsonObject frame) {
    JsonObject headers = frame.getJsonObject("headers", new JsonObject());
    String authorization = headers.getString(BusRequests.AUTHORIZATION);
    known = known || desk.knows(authorization);
    String address = frame.getString("address", "");
    String type = frame.getString("type", "");
    switch (type) {
      case "ping" -> {
        if (link.answersPings()) {
          write(new JsonObject().put("type", "pong"));
        }
      }
      case "send" -> request(frame, address, headers);
      case "publish" ->
          refuse(address, 403, "events are published by the server; to ask for something, send it");
      case "register" -> register(address, authorization);
      case "unregister" -> {
        Registration removed = registrations.remove(address);
        if (removed != null) {
          removed.consumer.unregister();
        }
      }
      default -> refuse(null, 400, "there is no type \"" + brief(type) + "\" of frames");
    }
  }

  private void request(JsonObject frame, String address, JsonObject headers) {
    String replyAddress = frame.getString("replyAddress");
    if (replyAddress != null && replyAddress.length() > BridgeLimits.ADDRESS_LENGTH) {
      refuse(null, 400, "the replyAddress is too long");
      return;
    }
    if (BusAddress.of(address) == null) {
      refuse(replyAddress, 404, "nobody answers at \"" + brief(address) + '"');
      return;
    }
    if (pending >= BridgeLimits.PENDING) {
      refuse(replyAddress, 429, "at most " + pending + " requests may wait for their answers");
      return;
    }
    MultiMap passed = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(header -> passed.add(header.getKey(), String.valueOf(header.getValue())));
    pending++;
    bus.request(
            address,
            frame.getValue("body"),
            new DeliveryOptions().setHeaders(passed).setSendTimeout(BridgeLimits.REQUEST_MILLIS))
        .onComplete(
            reply -> {
              pending--;
              if (replyAddress != null) {
                write(message(replyAddress, reply));
              }
            },
            failure -> {
              pending--;
              failed(replyAddress, failure);
            });
  }

  private void failed(@Nullable String replyAddress, Throwable failure) {
    if (failure instanceof ReplyException refused
        && refused.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
      tell(replyAddress, refused.failureCode(), String.valueOf(refused.getMessage()));
    } else {
      refuse(replyAddress, 503, "the server did not answer in time");
    }
  }

  private void register(String address, @Nullable String authorization) {
    if (!BusAddress.isPublished(address)) {
      refuse(address, 404, "nothing is published at \"" + brief(address) + '"');
      return;
    }
    Answer refusal = refusal(authorization);
    if (refusal != null) {
      tell(address, refusal.status(), refusal.body().toString());
      return;
    }
    Registration before = registrations.get(address);
    if (before == null && registrations.size() >= BridgeLimits.REGISTRATIONS) {
      refuse(address, 429, "a socket may listen at " + registrations.size() + " addresses");
      return;
    }
    MessageConsumer<?> consumer =
        before != null ? before.consumer : bus.consumer(address, event -> deliver(address, event));
    registrations.put(address, new Registration(consumer, authorization));
  }

  /** An event that is left out can be read again, and the numbers of the others tell of it. */
  private void deliver(String address, Message<Object> event) {
    if (unsent < BridgeLimits.UNSENT_EVENT_BYTES) {
      write(message(address, event));
    }
  }

  private JsonObject message(String address, Message<Object> message) {
    JsonObject frame = new JsonObject().put("type", link.messageType()).put("address", address);
    JsonObject headers = new JsonObject();
    message.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
    if (!headers.isEmpty()) {
      frame.put("headers", headers);
    }
    return frame.put("body", message.body());
  }

  private void refuse(@Nullable String address, int status, String detail) {
    tell(address, status, desk.problem(status, detail).body().toString());
  }

  private void tell(@Nullable String address, int status, String problem) {
    JsonObject frame = new JsonObject().put("type", "err");
    if (address != null) {
      frame.put("address", address);
    }
    write(
        frame
            .put("failureCode", status)
            .put("failureType", ReplyFailure.RECIPIENT_FAILURE.name())
            .put("message", problem));
  }

  private void write(JsonObject frame) {
    if (closed) {
      return;
    }
    Buffer bytes = frame.toBuffer();
    int size = bytes.length();
    boolean crowded =
        unsentOfAll.get() > Runtime.getRuntime().maxMemory() / BridgeLimits.UNSENT_SHARE;
    if (unsent > 0 && (crowded || unsent + size > BridgeLimits.UNSENT_BYTES)) {
      link.close();
      return;
    }
    took(size);
    link.send(bytes).onComplete(_ -> took(-size), _ -> took(-size));
  }

  private void took(int size) {
    unsent += size;
    unsentOfAll.addAndGet(size);
  }

  private static String brief(String text) {
    return text.length() <= BridgeLimits.ADDRESS_LENGTH
        ? text
        : text.substring(0, BridgeLimits.ADDRESS_LENGTH) + '…';
  }
}
