package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mark tells engines and state directories apart, and whether an engine lives. */
class EngineMarkTest {

  @Test
  void roundTrip(@TempDir Path directory) {
    EngineMark mark = EngineMark.next(directory);
    assertEquals(mark, EngineMark.parse(mark.value()));
    assertEquals(mark, EngineMark.parse(mark.ofAttempt(12)));
    assertEquals(EngineMark.stateOf(directory), mark.state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "abc-1-2", "abc-1-2-3.", "abc-1-2-3.x", "abc-1-2-99999999999"})
  void otherTextIsNoMark(String text) {
    assertNull(EngineMark.parse(text));
  }

  @Test
  void eachExecutorHasItsOwn(@TempDir Path directory) {
    assertNotEquals(EngineMark.next(directory), EngineMark.next(directory));
  }

  @Test
  void tellsWhetherTheEngineLives(@TempDir Path directory) {
    EngineMark mark = EngineMark.next(directory);
    assertTrue(mark.isEngineAlive());
    long other = mark.engineStart() + 1;
    assertFalse(new EngineMark(mark.state(), mark.enginePid(), other, 1).isEngineAlive());
  }

  @Test
  void differentDirectoriesHaveDifferentMarks(@TempDir Path one, @TempDir Path other) {
    assertNotEquals(EngineMark.stateOf(one), EngineMark.stateOf(other));
    Path missing = one.resolve("missing");
    Assertions.assertThrows(UncheckedIOException.class, () -> EngineMark.stateOf(missing));
  }
}
