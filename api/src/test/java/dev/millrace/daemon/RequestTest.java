package dev.millrace.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
  @Test
  void aLineSaysWhatIsAsked() {
    assertEquals(new Request.Run(12, 3, "7"), Request.parse("run 12 3 7"));
    assertEquals(new Request.Notify(12, Request.Signal.INT), Request.parse("int 12"));
    assertEquals(new Request.Notify(12, Request.Signal.TERM), Request.parse("term 12"));
    assertEquals(new Request.Notify(12, Request.Signal.WINCH), Request.parse("winch 12"));
    assertEquals(new Request.Quit(), Request.parse("quit"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "run", "run x 3 7", "run 12 3", "run 12 3 7 8", "int", "kill 12"})
  void whatSaysNothingIsNoRequest(String line) {
    assertNull(Request.parse(line));
  }
}
