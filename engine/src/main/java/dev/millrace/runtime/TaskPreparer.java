package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.PipelineOutput;
import dev.millrace.plan.Evaluated;
import dev.millrace.plan.Fan;
import dev.millrace.plan.PlannedInput;
import dev.millrace.plan.Values;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes ready tasks into actions and looks them up. Safe for use by many threads. */
final class TaskPreparer {
  private final RunContext context;
  private final ActionMaker actions;
  private final CacheJudge judge;

  TaskPreparer(RunContext context) {
    this.context = context;
    actions = new ActionMaker(context);
    Set<String> published = new HashSet<>();
    for (PipelineOutput output : context.plan().plan().pipeline().outputs().values()) {
      published.add(output.step() + "." + output.output());
    }
    judge = new CacheJudge(context.cache(), context.trees(), context.submission(), published);
  }

  /**
   * What came of a batch.
   *
   * @param unpinned tasks whose images have to be pinned first
   * @param held tasks that cannot be prepared now, because storage cannot be used
   * @param trouble what is wrong with it; null where nothing is
   */
  record Prepared(
      List<Preparation> found,
      List<Unpinned> unpinned,
      List<TaskSnapshot> held,
      @Nullable String trouble) {}

  /** A task of which it is not known what the name of its image stands for. */
  record Unpinned(int task, ImageName image, Pull pull) {}

  /** Prepares tasks; nothing that goes wrong with one of them keeps the others. */
  Prepared prepare(List<TaskSnapshot> batch) {
    List<Preparation> found = new ArrayList<>(batch.size());
    List<Unpinned> unpinned = new ArrayList<>(0);
    List<TaskSnapshot> held = new ArrayList<>(0);
    List<PreparedTask> made = new ArrayList<>(batch.size());
    List<TaskSnapshot> snapshots = new ArrayList<>(batch.size());
    String trouble = null;
    for (TaskSnapshot snapshot : batch) {
      try {
        switch (actions.make(snapshot)) {
          case ActionMaker.Made.Task(var task) -> {
            made.add(task);
            snapshots.add(snapshot);
          }
          case ActionMaker.Made.NotWanted _ -> found.add(new Preparation.Skip(snapshot.task()));
          case ActionMaker.Made.Unpinned(var image, var pull) ->
              unpinned.add(new Unpinned(snapshot.task(), image, pull));
          case ActionMaker.Made.Impossible(var failure) ->
              found.add(new Preparation.Fail(snapshot.task(), failure));
        }
      } catch (StorageUnavailableException e) {
        held.add(snapshot);
        trouble = e.getMessage();
      } catch (MissingBlobException e) {
        found.add(missing(snapshot, e));
      } catch (IOException | RuntimeException e) {
        found.add(broken(snapshot.task(), e));
      }
    }
    try {
      found.addAll(judge.judge(made));
    } catch (StorageUnavailableException | UncheckedIOException e) {
      // The database or the store cannot be read now.
      held.addAll(snapshots);
      trouble = e.getMessage();
    } catch (IOException | RuntimeException e) {
      made.forEach(task -> found.add(broken(task.task(), e)));
    }
    return new Prepared(found, unpinned, held, trouble);
  }

  private static Preparation broken(int task, Exception cause) {
    return new Preparation.Fail(
        task, Failure.of(FailureKind.ENGINE, "it could not be prepared: " + cause));
  }

  private Preparation missing(TaskSnapshot snapshot, MissingBlobException gone) {
    List<Integer> producers = findLosses(snapshot);
    return producers.isEmpty()
        ? broken(snapshot.task(), gone)
        : new Preparation.MakeAgain(snapshot.task(), producers);
  }

  private List<Integer> incompleteProducers(TaskSnapshot snapshot) {
    List<Integer> incomplete = new ArrayList<>();
    for (SeenTask seen : snapshot.sights().values()) {
      addIncomplete(seen, incomplete);
    }
    for (FanIn fanIn : snapshot.fanIns().values()) {
      fanIn.members().forEach(member -> addIncomplete(member.seen(), incomplete));
    }
    return incomplete;
  }

  /**
   * Finds all losses among what a task needs, after one was found: reads everything once rather
   * than meet one loss an attempt. Stores the user's files again that are among them.
   *
   * @return the tasks that made the others
   */
  List<Integer> findLosses(TaskSnapshot snapshot) {
    for (SeenTask seen : snapshot.sights().values()) {
      readWhole(seen);
    }
    for (FanIn fanIn : snapshot.fanIns().values()) {
      fanIn.members().forEach(member -> readWhole(member.seen()));
    }
    restoreSources(snapshot);
    return incompleteProducers(snapshot);
  }

  /** Tells whether a blob is in the store, as far as can be told. */
  boolean isThere(Digest blob) {
    try {
      return context.trees().store().contains(blob);
    } catch (IOException e) {
      return true; // The next attempt says more.
    }
  }

  private void readWhole(SeenTask seen) {
    if (seen.status() instanceof TaskStatus.Succeeded succeeded) {
      succeeded.outputs().values().forEach(this::readWhole);
    }
  }

  private void readWhole(Artifact artifact) {
    try {
      WholeArtifact.lost(artifact, context.trees());
    } catch (IOException e) {
      // What cannot be read is found incomplete below.
    }
  }

  private void restoreSources(TaskSnapshot snapshot) {
    for (PlannedInput input : snapshot.step().inputs()) {
      if (input.source() instanceof PlannedInput.UserPath(String path)) {
        try {
          Artifact artifact = context.submission().sources().get(path);
          if (artifact != null) {
            readWhole(artifact);
          }
          if (artifact != null && !context.trees().missing(List.of(artifact)).isEmpty()) {
            context.sources().store(path);
          }
        } catch (IOException e) {
          // The file is gone as well: the task fails for want of it, which says so.
        }
      }
    }
  }

  private void addIncomplete(SeenTask seen, List<Integer> incomplete) {
    if (seen.status() instanceof TaskStatus.Succeeded succeeded) {
      try {
        if (!context.trees().missing(succeeded.outputs().values()).isEmpty()) {
          incomplete.add(seen.task());
        }
      } catch (IOException e) {
        incomplete.add(seen.task());
      }
    }
  }

  /** Reads the list of a step's items. */
  RunWish readList(int step, SeenTask source) {
    try {
      JsonValue list = JsonArray.EMPTY;
      if (context.plan().step(step).fan() instanceof Fan.AtRunTime(_, String output)
          && source.status() instanceof TaskStatus.Succeeded succeeded) {
        Artifact artifact = succeeded.outputs().get(output);
        if (artifact == null) {
          return notExpandable(step, "output " + output + ", which lists the items, was not made");
        }
        list = context.results().read(output, artifact);
      }
      return switch (Values.of(list)) {
        case Evaluated.Failed<Values>(var message) -> notExpandable(step, message);
        case Evaluated.Value<Values> _ -> new RunWish.Expand(step, (JsonArray) list);
      };
    } catch (IOException | RuntimeException e) {
      return notExpandable(step, "its list of items cannot be read: " + e.getMessage());
    }
  }

  private static RunWish notExpandable(int step, String message) {
    return new RunWish.FailExpansion(step, Failure.of(FailureKind.USER, message));
  }
}
