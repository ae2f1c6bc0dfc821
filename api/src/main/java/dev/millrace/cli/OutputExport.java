package dev.millrace.cli;

import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.pipeline.PipelineOutput;
import dev.millrace.plan.Plan;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Puts the outputs of a pipeline where the user looks for them.
 *
 * <p>The directory is made beside its place and then takes it as a whole, so nobody ever sees half
 * of it; between two renames there is a moment without it. Only an empty directory or one that was
 * made here, which the file {@value #MARK} says, is ever replaced: whatever else lies in a folder
 * that a user names is the user's.
 */
final class OutputExport {
  private static final String MARK = ".millrace-outputs";

  private static final AtomicInteger EXPORTS = new AtomicInteger();

  private final Path target;

  /** What no other export has in the names of what it makes on the way. */
  private final String unique = ProcessHandle.current().pid() + "-" + EXPORTS.incrementAndGet();

  private OutputExport(Path target) {
    this.target = target;
  }

  /**
   * Prepares to write to a directory.
   *
   * @param target need not exist
   * @throws Refusal if it holds something else
   */
  static OutputExport to(Path target, String shown) throws Refusal, IOException {
    if (!Files.exists(target.resolve(MARK), LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
        if (entries.iterator().hasNext()) {
          throw Refusal.badInput(
              shown + " holds files that are not outputs of a pipeline and would be replaced",
              "name a directory that is empty or does not exist with --out DIR; nothing was run");
        }
      } catch (NoSuchFileException e) {
        return new OutputExport(target);
      } catch (NotDirectoryException e) {
        throw Refusal.badInput(
            shown + " is a file; name a directory with --out DIR; nothing was run");
      }
    }
    return new OutputExport(target);
  }

  /**
   * Replaces the directory by one with these outputs.
   *
   * @return where each was put
   */
  Map<String, Path> write(Plan plan, SortedMap<String, Artifact> outputs, Trees trees)
      throws IOException {
    Map<String, Path> places = new TreeMap<>();
    for (Map.Entry<String, Artifact> output : outputs.entrySet()) {
      String name = output.getKey();
      places.put(name, target.resolve(name + extension(plan, name, output.getValue())));
    }
    String contents = contents(outputs);
    if (!isThere(contents, outputs, places)) {
      replace(contents, outputs, places, trees);
    }
    return places;
  }

  /** What the mark says: all outputs by their digests. */
  private static String contents(SortedMap<String, Artifact> outputs) {
    StringBuilder contents = new StringBuilder();
    for (Map.Entry<String, Artifact> output : outputs.entrySet()) {
      contents.append(output.getValue().kind().label()).append(' ');
      contents.append(output.getValue().digest().hex()).append(' ');
      contents.append(output.getKey()).append('\n');
    }
    return contents.toString();
  }

  /**
   * Returns whether the directory holds these outputs and nobody wrote to them since: then even
   * large ones cost nothing. For the inside of directories that would be a long question.
   */
  private boolean isThere(
      String contents, SortedMap<String, Artifact> outputs, Map<String, Path> places)
      throws IOException {
    Path mark = target.resolve(MARK);
    try {
      if (!Files.readString(mark).equals(contents)) {
        return false;
      }
      FileTime made = Files.getLastModifiedTime(mark, LinkOption.NOFOLLOW_LINKS);
      for (Map.Entry<String, Path> place : places.entrySet()) {
        Artifact artifact = outputs.get(place.getKey());
        BasicFileAttributes found =
            Files.readAttributes(
                place.getValue(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (artifact == null
            || !found.isRegularFile()
            || found.size() != artifact.digest().size()
            || found.lastModifiedTime().compareTo(made) > 0) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void replace(
      String contents, SortedMap<String, Artifact> outputs, Map<String, Path> places, Trees trees)
      throws IOException {
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException("outputs cannot take the place of " + target);
    }
    Files.createDirectories(parent);
    Path making = beside("new");
    Path old = beside("old");
    remove(making);
    Files.createDirectory(making);
    for (Map.Entry<String, Path> place : places.entrySet()) {
      Artifact artifact = outputs.get(place.getKey());
      if (artifact != null) {
        trees.export(artifact, making.resolve(target.relativize(place.getValue())));
      }
    }
    Files.writeString(making.resolve(MARK), contents);
    try {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // The first time.
    }
    Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
    remove(old);
  }

  private Path beside(String what) {
    return target.resolveSibling("." + target.getFileName() + "." + what + "-" + unique);
  }

  private static String extension(Plan plan, String name, Artifact artifact) {
    if (artifact.kind() == Artifact.Kind.TREE) {
      return "";
    }
    OutputSpec spec = spec(plan, name);
    String path = spec == null ? "" : spec.path();
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') + 1 ? path.substring(dot) : "";
  }

  /** Returns how the output of the pipeline is declared in its step, or null. */
  static @Nullable OutputSpec spec(Plan plan, String name) {
    PipelineOutput output = plan.pipeline().outputs().get(name);
    return output == null
        ? null
        : plan.step(plan.indexOf(output.step())).step().outputs().get(output.output());
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(directory, new Removal());
    } catch (DirectoryNotEmptyException e) {
      throw new IOException("somebody writes into " + directory + "; end that first", e);
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
