package dev.millrace.daemon;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pipes for answers, made before a client needs one: for a client it would be a process more. A
 * client takes one by making the file {@code taken.NAME}, which only one can, and this process
 * removes both when it has answered; the mark a while later, because a client that has seen the
 * pipe before may only then try to take it. Names are never given twice.
 */
final class Answers {
  private static final int BATCH = 16;
  private static final int FEW = 6;
  private static final long MARK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Path directory;
  private final Map<String, RandomAccessFile> pipes = new HashMap<>();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long made;

  /** A mark of a pipe that is gone. */
  private record Mark(String name, long sinceNanos) {}

  /**
   * @param directory this process's own
   */
  Answers(Path directory) {
    this.directory = directory;
  }

  /** Makes some more if few are left. Takes as long as a process. */
  void replenish() throws IOException {
    removeOldMarks();
    if (free() >= FEW) {
      return;
    }
    List<String> names = new ArrayList<>();
    List<String> command = new ArrayList<>(List.of("mkfifo", "-m", "600"));
    for (int i = 0; i < BATCH; i++) {
      String name = Long.toString(made++);
      names.add(name);
      command.add(file("making.", name).toString());
    }
    make(command);
    for (String name : names) {
      // Both ends: to open one alone waits for someone with the other.
      RandomAccessFile pipe = new RandomAccessFile(file("making.", name).toFile(), "rw");
      synchronized (this) {
        pipes.put(name, pipe);
      }
      Files.move(file("making.", name), file("answer.", name));
    }
  }

  private synchronized int free() {
    int free = 0;
    for (String name : pipes.keySet()) {
      free += Files.exists(file("taken.", name)) ? 0 : 1;
    }
    return free;
  }

  private static void make(List<String> command) throws IOException {
    Process mkfifo =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      if (mkfifo.waitFor() != 0) {
        throw new IOException("mkfifo failed");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Returns the one that a client has taken, or null where there is none of that name. */
  synchronized @Nullable Answer take(String name) {
    RandomAccessFile pipe = pipes.remove(name);
    if (pipe == null) {
      return null;
    }
    OutputStream stream = Channels.newOutputStream(pipe.getChannel());
    return new Answer(stream, () -> remove(name));
  }

  private synchronized void remove(String name) {
    marks.add(new Mark(name, System.nanoTime()));
    try {
      Files.deleteIfExists(file("answer.", name));
    } catch (IOException e) {
      // The directory is gone; so will be this process.
    }
  }

  private synchronized void removeOldMarks() throws IOException {
    long now = System.nanoTime();
    for (Mark mark = marks.peek();
        mark != null && now - mark.sinceNanos > MARK_NANOS;
        mark = marks.peek()) {
      Files.deleteIfExists(file("taken.", mark.name));
      marks.remove();
    }
  }

  private Path file(String kind, String name) {
    return directory.resolve(kind + name);
  }
}
