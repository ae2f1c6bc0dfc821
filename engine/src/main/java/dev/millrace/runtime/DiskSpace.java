package dev.millrace.runtime;

import java.io.File;
import java.nio.file.Path;

/**
 * What is free where attempts work. A step that runs out of space fails like any other, with an
 * exit code of its own choosing; that it was the disk's fault can only be seen from outside.
 */
final class DiskSpace {
  /** With less than this free, a disk is full for practical purposes, in bytes. */
  private static final long RESERVE = 64 << 20;

  /** On a small disk the reserve is this part of it. */
  private static final long SMALL_PART = 20;

  private final File directory;

  /** Watches the file system of a directory. */
  DiskSpace(Path directory) {
    this.directory = directory.toFile();
  }

  /** Returns whether there is next to nothing left. Costs one system call or two. */
  boolean isFull() {
    long free = directory.getUsableSpace();
    return free < RESERVE && free < directory.getTotalSpace() / SMALL_PART;
  }

  /** Returns what to tell people while it is full. */
  String message() {
    return "the disk of " + directory + " is full. Free some space; the run goes on by itself";
  }
}
