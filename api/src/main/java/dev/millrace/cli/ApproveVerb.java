package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.client.ServerProblemException;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Says whether tasks that wait for approval may run. */
final class ApproveVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "approve",
        "Lets tasks run that wait for approval, or fails them.",
        List.of(
            Past.NAMED_RUN,
            new Positional("TASK", "tasks that wait for approval", 1, Integer.MAX_VALUE)),
        List.of(
            Option.flag("--reject", "they may not run: they fail"),
            Option.value("--comment", "TEXT", "why; it is kept with the run"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (Past.isRemote(arguments, session)) {
      return approveThere(arguments, session);
    }
    Path state = Project.existingState(session, arguments);
    try (RunArchive archive = Past.archive(arguments, session)) {
      RunRecord run = Past.run(archive, arguments.positional(0));
      List<String> named = arguments.positionals().subList(1, arguments.positionals().size());
      SequencedSet<Integer> tasks = held(archive.read(run), named);
      boolean reject = arguments.has("--reject");
      String comment = arguments.get("--comment");
      String why = comment == null ? "" : comment;
      Asking asking = new Asking(state);
      for (int task : tasks) {
        asking.post(
            run.id(),
            reject
                ? new RunWish.Reject(task, Asking.user(), why)
                : new RunWish.Approve(task, Asking.user(), why));
      }
      if (asking.await()) {
        return tell(archive.read(run), tasks, reject, session.printer());
      }
      session
          .printer()
          .line(
              "the answer is kept and waits until run "
                  + run.id()
                  + " goes on: no engine has it yet; run its pipeline again as before");
    }
    return ExitCode.OK;
  }

  private static int approveThere(Arguments arguments, Session session)
      throws Refusal, IOException {
    try (Remote remote = Remote.open(arguments, session)) {
      RunRecord run = Past.run(remote, arguments.positional(0));
      RunHistory before = remote.read(run);
      List<String> named = arguments.positionals().subList(1, arguments.positionals().size());
      SequencedSet<Integer> tasks = held(before, named);
      boolean reject = arguments.has("--reject");
      String comment = arguments.get("--comment");
      for (int task : tasks) {
        try {
          String name = before.view().taskName(task);
          var _ = remote.client().approve(run.id(), name, reject, comment == null ? "" : comment);
        } catch (ServerProblemException e) {
          if (e.status() != 409) {
            throw e;
          }
          // Somebody was faster, as is told below.
        }
      }
      return tell(remote.read(run), tasks, reject, session.printer());
    }
  }

  /** Returns the tasks that are named, all of which wait for approval. */
  private static SequencedSet<Integer> held(RunHistory history, List<String> named) throws Refusal {
    SequencedSet<Integer> tasks = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (String name : named) {
      int task = Past.task(history, name);
      TaskStatus status = history.view().taskStatus(task);
      if (status instanceof TaskStatus.Held) {
        tasks.add(task);
      } else {
        problems.add(
            "task "
                + history.view().taskName(task)
                + " does not wait for approval: its status is "
                + TaskText.status(status));
      }
    }
    if (!problems.isEmpty()) {
      problems.add("nothing was answered; `millrace show " + history.view().id() + "` lists tasks");
      throw Refusal.badInput(problems);
    }
    return tasks;
  }

  /** Says what came of the answer, which somebody else may have given before. */
  private static int tell(
      RunHistory history, SequencedSet<Integer> tasks, boolean reject, Printer printer) {
    int code = ExitCode.OK;
    for (int task : tasks) {
      TaskStatus status = history.view().taskStatus(task);
      String name = history.view().taskName(task);
      boolean rejected = history.task(task).approval() == null;
      if (reject && rejected && status instanceof TaskStatus.Failed) {
        printer.line(name + " is rejected");
      } else if (!reject && !rejected) {
        printer.line(name + " is approved");
      } else {
        printer.problem(
            name + " got another answer before: its status is " + TaskText.status(status));
        code = ExitCode.FAILED;
      }
    }
    return code;
  }
}
