package dev.millrace.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the places that JSON pointers name are in a text: a member at its name, an element at
 * its beginning. It reads the text again, once for all pointers, so that a reader of good documents
 * need not remember any place.
 *
 * <p>A pointer to what is not there leads to the innermost part that is.
 */
public final class JsonLocator {

  private final JsonParser parser;

  private JsonLocator(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Returns the position of each pointer.
   *
   * @param text of a document; where it is not JSON, nothing after that place is found
   */
  public static Map<String, Position> locate(String text, Collection<String> pointers) {
    Wanted root = new Wanted(null);
    Map<String, Wanted> wanted = new HashMap<>();
    for (String pointer : pointers) {
      wanted.computeIfAbsent(pointer, root::descend);
    }
    try (JsonParser parser = JsonTokens.open(text)) {
      JsonToken first = parser.nextToken();
      root.found(JsonTokens.position(parser.currentTokenLocation()));
      if (first != null) {
        new JsonLocator(parser).inside(first, root);
      }
    } catch (IOException e) {
      // The reader reports what is wrong with the text; here it only ends the search.
      root.found(new Position(1, 1));
    }
    Map<String, Position> positions = new HashMap<>();
    wanted.forEach((pointer, place) -> positions.put(pointer, place.position()));
    return positions;
  }

  private void inside(JsonToken start, Wanted wanted) throws IOException {
    if (wanted.children.isEmpty()) {
      parser.skipChildren();
    } else if (start == JsonToken.START_OBJECT) {
      members(wanted);
    } else if (start == JsonToken.START_ARRAY) {
      elements(wanted);
    }
  }

  private void members(Wanted wanted) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Wanted child = wanted.children.get(parser.currentName());
      Position place = child == null ? null : JsonTokens.position(parser.currentTokenLocation());
      visit(parser.nextToken(), child, place);
    }
  }

  private void elements(Wanted wanted) throws IOException {
    int index = 0;
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      Wanted child = wanted.children.get(Integer.toString(index++));
      Position place = child == null ? null : JsonTokens.position(parser.currentTokenLocation());
      visit(t, child, place);
    }
  }

  private void visit(JsonToken token, @Nullable Wanted child, @Nullable Position place)
      throws IOException {
    if (child == null || place == null || child.position != null) {
      parser.skipChildren();
    } else {
      child.found(place);
      inside(token, child);
    }
  }

  /** A place that is wanted, or leads to one. */
  private static final class Wanted {
    private final @Nullable Wanted parent;
    private final Map<String, Wanted> children = new HashMap<>();
    private @Nullable Position position;

    Wanted(@Nullable Wanted parent) {
      this.parent = parent;
    }

    Wanted descend(String pointer) {
      Wanted place = this;
      for (String token : JsonPointer.tokens(pointer)) {
        Wanted above = place;
        place = place.children.computeIfAbsent(token, _ -> new Wanted(above));
      }
      return place;
    }

    void found(Position place) {
      if (position == null) {
        position = place;
      }
    }

    Position position() {
      if (position != null) {
        return position;
      }
      return parent == null ? new Position(1, 1) : parent.position();
    }
  }
}
