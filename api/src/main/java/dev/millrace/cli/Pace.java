package dev.millrace.cli;

/** How fast a run goes, and so how long it will still take: an estimate for people. */
final class Pace {
  private static final int FEW = 3;
  private static final long SOON_NANOS = 2_000_000_000L;

  private final long begun;
  private int endedBefore;
  private int ran;
  private int left;
  private long seen;

  /**
   * @param begun when the run began, by the nano clock
   */
  Pace(long begun) {
    this.begun = begun;
  }

  /** Says how many tasks had ended before. */
  void begin(int ended) {
    endedBefore = ended;
  }

  /** Takes a look at the run. */
  void see(Progress progress, long now) {
    ran = Math.max(0, progress.ran() + progress.failed() - endedBefore);
    left = progress.tasks() - progress.done();
    seen = now;
  }

  long elapsedSeconds(long now) {
    return (now - begun) / 1_000_000_000;
  }

  /** Returns the estimate, or -1 where too little is known. Tasks from the cache cost nothing. */
  long remainingSeconds() {
    if (ran < FEW || seen - begun < SOON_NANOS || left == 0) {
      return -1;
    }
    return Math.round((seen - begun) / 1e9 / ran * left);
  }
}
