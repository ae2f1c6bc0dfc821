package dev.millrace.cli;

import dev.millrace.runtime.LiveText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Writes what a running attempt writes, and counts it, so that the rest can be added later. */
final class LiveLog {
  private final RunningAttempt attempt;
  private final Collection<String> secrets;
  private final OutputStream out;

  /**
   * @param secrets values that must not be seen
   */
  LiveLog(RunningAttempt attempt, Collection<String> secrets, OutputStream out) {
    this.attempt = attempt;
    this.secrets = List.copyOf(secrets);
    this.out = out;
  }

  /** Writes what a file holds now, and returns its length in bytes. */
  long copy(Path file) throws IOException {
    return copy(file, false);
  }

  /**
   * Writes files as they grow, as long as the attempt runs.
   *
   * @return how much of each was written, in bytes
   */
  List<Long> follow(List<Path> files) throws IOException {
    Long[] lengths = new Long[files.size()];
    List<IOException> failures = new ArrayList<>(0);
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int number = i;
      others.add(
          Thread.ofPlatform()
              .daemon()
              .name("millrace-follow-" + i)
              .start(
                  () -> {
                    try {
                      lengths[number] = copy(files.get(number), true);
                    } catch (IOException e) {
                      synchronized (failures) {
                        failures.add(e);
                      }
                    }
                  }));
    }
    for (Thread other : others) {
      join(other);
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    return List.of(lengths);
  }

  private static void join(Thread thread) throws IOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private long copy(Path file, boolean follow) throws IOException {
    return LiveText.copy(file, attempt::isAlive, follow, secrets, out, this::flushQuietly);
  }

  private void flushQuietly() {
    try {
      out.flush();
    } catch (IOException e) {
      // Whoever reads may be gone; a stream of the process never throws this.
    }
  }
}
