package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of the scheduler do as {@link HashMap} does. */
final class LongTableTest {
  private static final int CALLS = 20_000;

  @ParameterizedTest
  @ValueSource(ints = {3, 12, 100, 5000})
  void longTableIsAMap(int keys) {
    SplittableRandom random = new SplittableRandom(keys);
    LongTable<String> table = new LongTable<>();
    Map<Long, String> map = new HashMap<>();
    for (int i = 0; i < CALLS; i++) {
      long key = ((long) random.nextInt(3) << 32) + random.nextInt(keys);
      if (random.nextInt(5) < 2) {
        assertEquals(map.put(key, "v" + i), table.put(key, "v" + i));
      } else {
        assertEquals(map.remove(key), table.remove(key));
      }
      long other = random.nextInt(keys);
      assertEquals(map.get(other), table.get(other));
      assertEquals(map.size(), table.size());
    }
    assertEquals(
        map.values().stream().sorted().toList(), table.values().stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 200, 5000})
  void taskPagesAreAMap(int keys) {
    SplittableRandom random = new SplittableRandom(keys);
    TaskPages pages = new TaskPages();
    Map<Integer, QueuedTask> map = new HashMap<>();
    Demand demand = new Demand("local", Map.of());
    for (int i = 0; i < CALLS; i++) {
      int key = random.nextInt(keys);
      if (random.nextInt(5) < 2) {
        QueuedTask task = new QueuedTask("r", key, demand, 0, i);
        assertEquals(map.put(key, task), pages.put(task));
      } else {
        assertEquals(map.remove(key), pages.remove(key));
      }
      int other = random.nextInt(2 * keys);
      assertEquals(map.get(other), pages.get(other));
      assertEquals(map.size(), pages.size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 1000})
  void taskHeapIsInOrder(int weights) {
    SplittableRandom random = new SplittableRandom(weights);
    TaskHeap heap = new TaskHeap();
    Demand demand = new Demand("local", Map.of());
    for (int i = 0; i < 1000; i++) {
      int weight = random.nextInt(weights);
      heap.add(new QueuedTask("r", i, demand, 0, random.nextLong(), weight, List.of()));
    }
    heap.retain(task -> task.task() % 3 != 0);
    QueuedTask before = heap.top();
    for (int left = 666; left > 0; left--) {
      assertEquals(left, heap.size());
      QueuedTask next = heap.top();
      assertEquals(false, Lane.isBefore(next, before));
      heap.removeTop();
      before = next;
    }
    assertEquals(0, heap.size());
  }
}
