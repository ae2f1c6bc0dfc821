package dev.millrace.client;

import dev.millrace.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing.
 *
 * @param next for asking for the next page, or null where there is none
 */
public record Page<T>(List<T> items, @Nullable String next) {
  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> of(JsonObject json, String name, Function<JsonObject, T> reading) {
    Answers.Reader told = new Answers.Reader(json);
    String next = told.text("next");
    return new Page<>(told.all(name, reading), next.isEmpty() ? null : next);
  }
}
