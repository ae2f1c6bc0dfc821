package dev.millrace.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lines of the log look like, and that nobody waits for them. */
class LogOutputTest {
  private static final String NASTY = "two\nlines \"and\" \u001b[31m = \ud800";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void restore() throws IOException {
    java.util.logging.LogManager.getLogManager().readConfiguration();
  }

  private List<String> lines(LogForm form) {
    try (LogOutput _ = LogOutput.install(form, out)) {
      Log.of("test").info("it is", Map.of(Log.RUN, "r1", Log.TASK, "t[x=1]", "what", NASTY));
      Log.of("test").error("it broke", Map.of(), new IllegalStateException("why\nnot"));
      System.getLogger("elsewhere").log(System.Logger.Level.WARNING, "said {0}", "so");
      System.getLogger("elsewhere").log(System.Logger.Level.DEBUG, "not said");
    }
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aLineForProgramsIsOneObject() {
    List<JsonObject> lines =
        lines(LogForm.JSON).stream().map(line -> (JsonObject) JsonReader.read(line)).toList();
    assertEquals(3, lines.size());
    assertEquals(
        List.of("time", "level", "logger", "message", "run", "task", "what"),
        List.copyOf(lines.getFirst().members().keySet()));
    assertEquals("info", text(lines.getFirst(), "level"));
    assertEquals("dev.millrace.test", text(lines.getFirst(), "logger"));
    assertEquals("r1", text(lines.getFirst(), "run"));
    assertEquals(NASTY.replace('\ud800', '\ufffd'), text(lines.getFirst(), "what"));
    assertTrue(text(lines.getFirst(), "time").matches("20..-..-..T..:..:..\\....Z"));
    assertEquals("error", text(lines.get(1), "level"));
    assertTrue(text(lines.get(1), "error").contains("at dev.millrace.telemetry"));
    assertEquals("said so", text(lines.get(2), "message"));
  }

  private static String text(JsonObject line, String name) {
    return line.get(name) instanceof JsonString(String text) ? text : "";
  }

  @Test
  void aLineForPeopleStaysOneLineWhateverIsInIt() {
    List<String> lines = lines(LogForm.TEXT);
    String first = lines.getFirst();
    assertTrue(
        first.endsWith(
            "INFO dev.millrace.test: it is run=r1 task=\"t[x=1]\""
                + " what=\"two\\nlines \\\"and\\\" \ufffd[31m = ?\""),
        first);
    assertTrue(lines.get(1).endsWith("ERROR dev.millrace.test: it broke"), lines.get(1));
    assertTrue(lines.get(2).startsWith("  java.lang.IllegalStateException: why"), lines.get(2));
    assertTrue(lines.getLast().endsWith("WARNING elsewhere: said so"), lines.getLast());
  }

  @Test
  void whoeverDoesNotReadTheLogHoldsNobodyUp() {
    CountDownLatch read = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            try {
              read.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            out.write(bytes, offset, length);
          }
        };
    try (LogOutput output = LogOutput.install(LogForm.TEXT, stuck)) {
      for (int i = 0; i < 20_000; i++) {
        Log.of("test").info("line", Map.of("number", i));
      }
      assertTrue(output.dropped() > 10_000, output.dropped() + " dropped");
      read.countDown();
      output.flush();
      Log.of("test").info("the last", Map.of());
    }
    String all = out.toString(StandardCharsets.UTF_8);
    assertTrue(all.contains("lines of this log were dropped"), all.substring(all.length() - 500));
    assertTrue(all.contains("the last"));
  }
}
