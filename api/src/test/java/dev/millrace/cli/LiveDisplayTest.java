package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LiveDisplayTest {
  private static final long SECOND = 1_000_000_000L;

  private final LiveLines ascii = new LiveLines(false);

  @Test
  void showsHowFarItIsAndHowLongItWillTake() {
    Pace pace = new Pace(0);
    pace.begin(0);
    Progress progress = new Progress(20, true, 9, 4, 1, 0, 0, 2, 0);
    pace.see(progress, 6 * SECOND);
    assertEquals(
        "[############............] 10/20, more to come, 4 cached, 1 failed, 2 wait for approval,"
            + " 0:06, about 0:10 left",
        ascii.progress(progress, pace, 6 * SECOND, 120));
    assertEquals("10/20, more to c", ascii.progress(progress, pace, 6 * SECOND, 16));
  }

  @Test
  void aLineIsNeverWiderThanItMayBe() {
    List<String> tasks = List.of("train[a=1]", "train[a=22]", "名前[x=1]", "last");
    for (int columns = 20; columns < 80; columns++) {
      String line = ascii.running(tasks, false, columns);
      assertTrue(Columns.width(line) <= columns, line);
      assertTrue(line.contains("train[a=1]"), line);
    }
    assertEquals("  train[a=1], train[a=22], 名前[x=1], last", ascii.running(tasks, false, 79));
    assertTrue(ascii.running(tasks, false, 40).endsWith("+2 more"));
  }

  @Test
  void countsTheColumnsOfWideAndCombinedCharacters() {
    assertEquals(4, Columns.width("名前"));
    assertEquals(1, Columns.width("e\u0301"));
    assertEquals("名", Columns.cut("名前", 3));
    assertEquals("ab  ", Columns.padded("ab", 4));
  }

  @Test
  void foreignTextCannotMoveTheCursor() {
    String clean = Printer.clean("a\u001b[2Jb\u0007\u009bc");
    assertFalse(clean.contains("\u001b") || clean.contains("\u0007") || clean.contains("\u009b"));
  }
}
