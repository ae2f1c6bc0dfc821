package dev.millrace.gates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The project's own files: everything in the work tree that a clone would hold. */
final class SourceTree {

  /** Folders that are made by tools and never committed. */
  private static final Set<String> NOT_OURS =
      Set.of(
          ".git",
          "target",
          ".millrace",
          ".idea",
          ".vscode",
          ".settings",
          "node_modules",
          "__pycache__");

  /** Bytes; what is larger is data. */
  private static final long LARGEST_TEXT = 1 << 20;

  private SourceTree() {}

  /** Returns the root of the work tree: the nearest folder above that holds the launcher's pom. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("gates"))
        || !Files.isDirectory(folder.resolve("engine"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("run the gates inside a clone of the project");
      }
    }
    return folder;
  }

  /** Returns every file of the project, sorted. */
  static List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(root(), new Collector(files));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  /** Returns every Java source, sorted. */
  static List<Path> javaFiles() {
    return files().stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  /** Returns {@code file} as people name it: relative to the root, with forward slashes. */
  static String name(Path file) {
    return root().relativize(file).toString().replace('\\', '/');
  }

  /** Returns the file's text. */
  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " as UTF-8 text", e);
    }
  }

  /** Returns every text file by name; files that are not UTF-8, or are data, are left out. */
  static SortedMap<String, String> texts() {
    SortedMap<String, String> texts = new TreeMap<>();
    for (Path file : files()) {
      String text = textOf(file);
      if (text != null) {
        texts.put(name(file), text);
      }
    }
    return texts;
  }

  private static @Nullable String textOf(Path file) {
    try {
      return Files.size(file) <= LARGEST_TEXT ? Files.readString(file) : null;
    } catch (CharacterCodingException binary) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final List<Path> files;

    Collector(List<Path> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return NOT_OURS.contains(String.valueOf(folder.getFileName()))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && !file.endsWith(".git")) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
