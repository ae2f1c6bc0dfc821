package dev.millrace.executor;

/**
 * What an attempt used.
 *
 * @param wallMillis from start to end
 * @param cpuMillis user and system time of all its processes that were waited for, or -1 where
 *     unknown
 * @param maxRssBytes the largest resident set of one process, or -1 where unknown
 */
public record ResourceUsage(long wallMillis, long cpuMillis, long maxRssBytes) {

  /** Nothing was used: the attempt did not start. */
  public static final ResourceUsage NONE = new ResourceUsage(0, 0, 0);
}
