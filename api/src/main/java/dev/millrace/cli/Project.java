package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state directory that goes with a document or a working directory: the one that was named, or
 * else {@code .millrace} of the nearest folder upwards that has one, or else {@code .millrace}
 * here.
 */
final class Project {
  /** Name of the state directory. */
  static final String STATE = ".millrace";

  private static final int BELOW = 3;
  private static final int MOST = 5;

  private Project() {}

  /**
   * Returns where the state of a document's runs is or shall be.
   *
   * @param named what {@code --state} says, or null
   * @param folder the document's
   */
  static Path stateOf(Session session, @Nullable String named, Path folder) {
    if (named != null) {
      return session.path(named);
    }
    Path existing = nearest(folder);
    return existing == null ? folder.resolve(STATE) : existing;
  }

  /**
   * Returns where the state is that a reading command is about.
   *
   * @throws Refusal if there is none
   */
  static Path existingState(Session session, Arguments arguments) throws Refusal {
    String named = arguments.get("--state");
    Path state = named == null ? nearest(session.workingDirectory()) : session.path(named);
    if (state == null) {
      List<String> lines = new ArrayList<>();
      lines.add("nothing was run here: there is no " + STATE + " in this folder or above it");
      for (Path below : below(session.workingDirectory())) {
        lines.add("there is one below: --state " + SummaryText.quoted(session.shown(below)));
      }
      lines.add("name the state with --state DIR, or run a pipeline first: millrace run FILE");
      throw Refusal.badInput(lines);
    }
    if (!Files.isDirectory(state)) {
      throw Refusal.badInput(
          "there is no directory " + session.shown(state), "--state names the state directory");
    }
    return state;
  }

  /** Returns some state directories in the folders below. */
  private static List<Path> below(Path folder) {
    try (Stream<Path> paths =
        Files.find(
            folder,
            BELOW,
            (path, attributes) -> attributes.isDirectory() && path.endsWith(STATE))) {
      return paths.limit(MOST).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /**
   * Returns what has to be added to a command that is given here, so that it finds that state:
   * nothing where it does by itself.
   */
  static String option(Session session, Path state) {
    return state.equals(nearest(session.workingDirectory()))
        ? ""
        : " --state " + SummaryText.quoted(session.shown(state));
  }

  /** Returns the way from a state directory to the folder of a document, as runs keep it. */
  static String wayTo(Path folder, Path state) {
    String way = state.relativize(folder).toString();
    return way.isEmpty() ? "." : way;
  }

  /**
   * Returns the folder from which a run's paths are read.
   *
   * @param way as {@link #wayTo} gave it; where the run does not tell, the one that has the state
   */
  static Path folder(Path state, String way) {
    return state.resolve(way.isEmpty() ? ".." : way).normalize();
  }

  private static @Nullable Path nearest(Path folder) {
    for (Path next = folder; next != null; next = next.getParent()) {
      Path state = next.resolve(STATE);
      if (Files.isDirectory(state)) {
        return state;
      }
    }
    return null;
  }
}
