package dev.millrace.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Watches how large the heap becomes, from the collector's own notes of each collection. */
final class HeapWatch {
  private final AtomicLong before = new AtomicLong();
  private final AtomicLong after = new AtomicLong();
  private final Set<String> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());

  HeapWatch() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener(
            (notification, _) -> {
              if (notification.getUserData() instanceof CompositeData data) {
                note(GarbageCollectionNotificationInfo.from(data).getGcInfo());
              }
            },
            null,
            null);
      }
    }
  }

  private void note(GcInfo collection) {
    before.accumulateAndGet(used(collection.getMemoryUsageBeforeGc()), Math::max);
    after.accumulateAndGet(used(collection.getMemoryUsageAfterGc()), Math::max);
  }

  private long used(Map<String, MemoryUsage> byPool) {
    return byPool.entrySet().stream()
        .filter(pool -> pools.contains(pool.getKey()))
        .mapToLong(pool -> pool.getValue().getUsed())
        .sum();
  }

  /** Collects, and forgets what was seen. */
  void reset() {
    System.gc();
    before.set(0);
    after.set(0);
  }

  /** Returns the most bytes that were used at once, garbage included. */
  long peak() {
    return Math.max(
        before.get(), ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  /** Returns the most bytes that a collection left, 0 where there was none. */
  long peakAfterCollection() {
    return after.get();
  }
}
