package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Names of programs may hold what separates the fields. */
class ProcStatTest {

  @Test
  void parsesANameWithBlanksAndParentheses() {
    String line = "42 (a) S 1 (b) Z 7 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 10 11 12";
    ProcStat stat = ProcStat.parse(42, line);
    assertEquals(new ProcStat(42, 'Z', 7, 40, 39, 123_456), stat);
    assertTrue(stat.isZombie());
  }
}
