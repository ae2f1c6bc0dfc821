package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CriticalPathTest {
  private static final double UNKNOWN = Double.NaN;

  @Test
  void isTheLongestWayToTheEnd() {
    int[][] downstream = {{1, 2}, {3}, {3}, {}};
    double[] remaining =
        CriticalPath.remaining(
            downstream, new int[] {1, 1, 1, 1}, new double[] {10, 200, 3000, 5}, 4);
    assertArrayEquals(new double[] {3015, 205, 3005, 5}, remaining);
  }

  @Test
  void aStepOfManyTasksTakesAsLongAsItsRounds() {
    int[][] downstream = {{1}, {}};
    double[] millis = {10, 100};
    assertEquals(10 + 500, CriticalPath.remaining(downstream, new int[] {1, 10}, millis, 2)[0]);
    assertEquals(10 + 100, CriticalPath.remaining(downstream, new int[] {1, 10}, millis, 64)[0]);
    assertEquals(10, CriticalPath.remaining(downstream, new int[] {1, 0}, millis, 64)[0]);
    assertEquals(110, CriticalPath.remaining(downstream, new int[] {-1, -1}, millis, 2)[0]);
  }

  @Test
  void unknownDurationsAreTheAverageOfTheKnown() {
    int[][] downstream = {{1}, {2}, {}};
    int[] tasks = {1, 1, 1};
    assertArrayEquals(
        new double[] {60, 50, 30},
        CriticalPath.remaining(downstream, tasks, new double[] {10, UNKNOWN, 30}, 1));
    assertArrayEquals(
        new double[] {3, 2, 1},
        CriticalPath.remaining(downstream, tasks, new double[] {UNKNOWN, UNKNOWN, UNKNOWN}, 1));
  }

  @Test
  void refusesStepsThatAreNotInOrder() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            CriticalPath.remaining(
                new int[][] {{}, {0}}, new int[] {1, 1}, new double[] {1, 1}, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithTryingAllWays(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int steps = 1 + random.nextInt(12);
    int[][] downstream = new int[steps][];
    int[] tasks = new int[steps];
    double[] millis = new double[steps];
    for (int step = 0; step < steps; step++) {
      downstream[step] =
          random.ints(random.nextInt(4), step + 1, steps + 1).filter(n -> n < steps).toArray();
      tasks[step] = random.nextInt(5);
      millis[step] = random.nextInt(100);
    }
    double[] remaining = CriticalPath.remaining(downstream, tasks, millis, 2);
    for (int step = 0; step < steps; step++) {
      assertEquals(
          longestWay(downstream, tasks, millis, step), remaining[step], 1e-9, "seed " + seed);
    }
  }

  private static double longestWay(int[][] downstream, int[] tasks, double[] millis, int step) {
    double own = tasks[step] == 0 ? 0 : millis[step] * Math.max(1, tasks[step] / 2.0);
    return own
        + Arrays.stream(downstream[step])
            .mapToDouble(next -> longestWay(downstream, tasks, millis, next))
            .max()
            .orElse(0);
  }
}
