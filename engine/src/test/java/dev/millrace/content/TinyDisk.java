package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small file system in memory, which can be filled and made read-only. Only root can have one;
 * elsewhere the test is skipped.
 */
public final class TinyDisk implements AutoCloseable {
  private final Path mountPoint;
  private final Path filler;

  private TinyDisk(Path mountPoint) {
    this.mountPoint = mountPoint;
    filler = mountPoint.resolve("filler");
  }

  /** Mounts one on a directory, which is made. */
  public static TinyDisk mount(Path mountPoint) throws IOException, InterruptedException {
    return mount(mountPoint, 1);
  }

  /** Mounts one of so many mebibytes on a directory, which is made. */
  public static TinyDisk mount(Path mountPoint, int mebibytes)
      throws IOException, InterruptedException {
    Files.createDirectory(mountPoint);
    String options = "size=" + mebibytes + "m";
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", mountPoint.toString()) == 0;
    assumeTrue(mounted, "only root can mount a file system to fill it");
    return new TinyDisk(mountPoint);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  /** Returns its top directory. */
  public Path directory() {
    return mountPoint;
  }

  /** Leaves room for that many bytes at most. */
  public void fill(int left) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (Files.getFileStore(mountPoint).getUsableSpace() > left) {
        out.write(block);
      }
    }
  }

  /** Leaves no room at all. */
  public void fill() throws IOException {
    fill(0);
    assertThrows(IOException.class, () -> Files.write(mountPoint.resolve("x"), new byte[1]));
    Files.deleteIfExists(mountPoint.resolve("x"));
  }

  /** Makes room again. */
  public void free() throws IOException {
    Files.delete(filler);
  }

  /** Lets nobody write, or everybody again. */
  public void setReadOnly(boolean readOnly) throws IOException, InterruptedException {
    String options = "remount," + (readOnly ? "ro" : "rw");
    assumeTrue(run("mount", "-o", options, mountPoint.toString()) == 0, "cannot be remounted");
  }

  /** Unmounts it, with all that is in it. */
  @Override
  public void close() throws IOException {
    try {
      run("umount", "-l", mountPoint.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
