package dev.millrace.cli;

import dev.millrace.content.Artifact;
import dev.millrace.content.FileHashMemory;
import dev.millrace.content.LocalSource;
import dev.millrace.content.RefusedContentException;
import dev.millrace.content.Trees;
import dev.millrace.plan.Plan;
import dev.millrace.runtime.SourceProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The user's files that a plan names, as they are now. */
final class Snapshot {
  private static final String MEMORY = "file-hashes";

  private Snapshot() {}

  /** Returns what stores files and directories again that the store has lost. */
  static SourceProvider again(Path folder, Path state, Trees trees) {
    return path -> {
      FileHashMemory memory = new FileHashMemory(state.resolve(MEMORY), InstantSource.system());
      new LocalSource(trees, memory).snapshot(folder.resolve(path), path);
    };
  }

  /**
   * Stores every file and directory that the plan names.
   *
   * @param folder from which relative paths are read
   * @return by the path as written
   * @throws Refusal if some cannot be stored, with what is wrong with each
   */
  static Map<String, Artifact> take(Plan plan, Path folder, Path state, Trees trees)
      throws Refusal, IOException {
    FileHashMemory memory = new FileHashMemory(state.resolve(MEMORY), InstantSource.system());
    LocalSource source = new LocalSource(trees, memory);
    Map<String, Artifact> taken = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (String path : plan.userPaths()) {
      try {
        taken.put(path, source.snapshot(folder.resolve(path), path));
      } catch (RefusedContentException e) {
        problems.addAll(e.problems());
      }
    }
    memory.save();
    if (!problems.isEmpty()) {
      problems.add("nothing was run");
      throw Refusal.badInput(problems);
    }
    return taken;
  }
}
