package dev.millrace.pipeline;

import dev.millrace.json.Position;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong in a document.
 *
 * @param code stable name of the kind of problem, in kebab-case
 * @param pointer JSON pointer (RFC 6901) to the place; empty for the whole document
 * @param message a sentence for people that says what to write instead
 * @param position of that place in the text, or null where the text is not at hand
 */
public record Problem(String code, String pointer, String message, @Nullable Position position) {

  /** A problem without a position. */
  public Problem(String code, String pointer, String message) {
    this(code, pointer, message, null);
  }

  /** Returns this problem with its position. */
  public Problem at(@Nullable Position place) {
    return new Problem(code, pointer, message, place);
  }

  /** Returns {@code line:column: message (at pointer) [code]}. */
  @Override
  public String toString() {
    String place = position == null ? "" : position + ": ";
    return place + message + (pointer.isEmpty() ? "" : " (at " + pointer + ")") + " [" + code + "]";
  }
}
