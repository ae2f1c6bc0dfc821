package dev.millrace.cli;

import dev.millrace.pipeline.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What steps may use at once on this machine. */
final class Machine {
  private static final long MEMORY_WHERE_UNKNOWN = 1L << 40;

  private Machine() {}

  /**
   * Returns the resources of this machine, by name, with what the user says of them.
   *
   * @param said amounts by name; {@code memory} may have a unit
   */
  static Map<String, Double> resources(Map<String, String> said) throws Refusal {
    Map<String, Double> resources = new HashMap<>();
    resources.put("cpus", (double) Runtime.getRuntime().availableProcessors());
    for (Map.Entry<String, String> entry : said.entrySet()) {
      resources.put(entry.getKey(), amount(entry.getKey(), entry.getValue()));
    }
    if (!resources.containsKey("memory")) {
      resources.put("memory", (double) memory());
    }
    return resources;
  }

  private static double amount(String name, String text) throws Refusal {
    if (name.equals("memory")) {
      // As documents say it first, so that both mean the same by a G.
      OptionalDouble quantity = Quantity.parse(text);
      if (quantity.isPresent()) {
        return quantity.getAsDouble();
      }
      Long bytes = Amounts.parseBytes(text);
      if (bytes != null) {
        return bytes;
      }
      throw Refusal.badInput("--resource memory must be a size such as 8Gi, not \"" + text + '"');
    }
    try {
      double amount = Double.parseDouble(text);
      if (amount >= 0 && Double.isFinite(amount)) {
        return amount;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Refusal.badInput("--resource " + name + " must be a number from 0, not \"" + text + '"');
  }

  /** The management beans know it too, but cost more to load than a cached run takes. */
  private static long memory() {
    long bytes = fieldOfMeminfo();
    try {
      String limit = Files.readString(Path.of("/sys/fs/cgroup/memory.max")).strip();
      return limit.equals("max") ? bytes : Math.min(bytes, Long.parseLong(limit));
    } catch (IOException | NumberFormatException e) {
      return bytes;
    }
  }

  private static long fieldOfMeminfo() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:") && line.endsWith(" kB")) {
          return Long.parseLong(line.substring(9, line.length() - 3).strip()) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // As on systems that have no such file.
    }
    return MEMORY_WHERE_UNKNOWN;
  }
}
