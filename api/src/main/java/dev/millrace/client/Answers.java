package dev.millrace.client;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads what servers answer. What is missing is empty: newer servers may say it otherwise. */
final class Answers {
  private Answers() {}

  /** Returns a reader of bodies that are objects; anything else is a failure. */
  static <T> Function<byte[], Future<T>> object(Function<JsonObject, T> reading) {
    return body -> {
      try {
        if (JsonReader.read(body) instanceof JsonObject object) {
          return Future.succeededFuture(reading.apply(object));
        }
      } catch (IllegalArgumentException | DateTimeException e) {
        return Future.failedFuture(
            new IOException("the server's answer is not of its contract: " + e.getMessage(), e));
      }
      return Future.failedFuture(new IOException("the server's answer is not of its contract"));
    };
  }

  /** The members of an object by what they should be. */
  record Reader(JsonObject json) {
    String text(String name) {
      return json.get(name) instanceof JsonString(String text) ? text : "";
    }

    long number(String name, long otherwise) {
      return json.get(name) instanceof JsonNumber number ? number.asLong() : otherwise;
    }

    JsonObject object(String name) {
      return json.get(name) instanceof JsonObject object ? object : JsonObject.EMPTY;
    }

    /** Reads each object of an array. */
    <T> List<T> all(String name, Function<JsonObject, T> reading) {
      List<T> all = new ArrayList<>();
      if (json.get(name) instanceof JsonArray array) {
        for (JsonValue element : array.elements()) {
          if (element instanceof JsonObject object) {
            all.add(reading.apply(object));
          }
        }
      }
      return all;
    }
  }
}
