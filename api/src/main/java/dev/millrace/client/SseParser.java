package dev.millrace.client;

import dev.millrace.client.SseFeed.Sse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Server-sent events from bytes, which come in any pieces (WHATWG HTML, 9.2.6). Lines end with a
 * line feed, with or without a carriage return before it: no server of ours ends them otherwise.
 */
final class SseParser {
  private static final int LONGEST_LINE = 64 << 20;

  private final Consumer<Sse> events;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String id = "";
  private String type = "";

  SseParser(Consumer<Sse> events) {
    this.events = events;
  }

  /**
   * Takes the next bytes.
   *
   * @throws IOException if a line is longer than anything that should come
   */
  void take(byte[] piece) throws IOException {
    int from = 0;
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] == '\n') {
        line.write(piece, from, i - from);
        from = i + 1;
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        line(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
      }
    }
    line.write(piece, from, piece.length - from);
    if (line.size() > LONGEST_LINE || data.length() > LONGEST_LINE) {
      throw new IOException("an event has more than " + LONGEST_LINE + " bytes");
    }
  }

  private void line(String text) {
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (name) {
      case "id" -> id = value;
      case "event" -> type = value;
      case "data" -> {
        if (!data.isEmpty()) {
          data.append('\n');
        }
        data.append(value);
      }
      default -> {
        // A comment, or a field that is not known here.
      }
    }
  }

  private void dispatch() {
    if (!data.isEmpty()) {
      events.accept(new Sse(id, type, data.toString()));
    }
    data.setLength(0);
    type = "";
  }
}
