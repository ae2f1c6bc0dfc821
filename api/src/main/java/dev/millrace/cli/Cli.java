package dev.millrace.cli;

import dev.millrace.client.ServerProblemException;
import dev.millrace.journal.StateInUseException;
import dev.millrace.pipeline.Nearest;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;

/** Finds the command that is meant, carries it out, and says what went wrong. */
final class Cli {
  private final Session session;
  private final Printer printer;

  Cli(Session session) {
    this.session = session;
    printer = session.printer();
  }

  /** Carries out a command line, and returns the exit code. Never throws. */
  int execute(List<String> words) {
    try {
      int code = find(words);
      printer.flush();
      return code;
    } catch (AbandonedException e) {
      return ExitCode.CANNOT_WORK;
    } catch (Refusal e) {
      trace(e);
      for (String line : e.lines()) {
        printer.problem(line);
      }
      return e.exitCode();
    } catch (StateInUseException e) {
      return cannotWork(e, e.getMessage() + "");
    } catch (AccessDeniedException e) {
      return cannotWork(e, "no permission for " + e.getFile());
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      return cannotWork(e, e.getFile() + ": " + reason);
    } catch (IOException e) {
      if (e instanceof ServerProblemException problem) {
        Refusal refusal = Remote.refusal(problem);
        trace(e);
        refusal.lines().forEach(printer::problem);
        return refusal.exitCode();
      }
      return cannotWork(e, e.getMessage() + "");
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return cannotWork(
          e,
          "millrace has a bug, or the machine no room left: "
              + e
              + "; MILLRACE_DEBUG=1 shows where");
    }
  }

  private int cannotWork(Throwable failure, String message) {
    trace(failure);
    printer.problem("millrace: " + message);
    return ExitCode.CANNOT_WORK;
  }

  private void trace(Throwable failure) {
    if (!session.environment().getOrDefault("MILLRACE_DEBUG", "").isEmpty()) {
      printer.trace(failure);
    }
  }

  private int find(List<String> words) throws Refusal, IOException {
    String first = words.isEmpty() ? "" : words.getFirst();
    switch (first) {
      case "" -> {
        new HelpVerb().overview(session);
        return ExitCode.BAD_INPUT;
      }
      case "--help", "-h" -> {
        new HelpVerb().overview(session);
        return ExitCode.OK;
      }
      case "--version", "-V" -> {
        printer.line("millrace " + Version.text());
        return ExitCode.OK;
      }
      default -> {}
    }
    Verb verb = Verbs.of(first);
    int taken = 1;
    if (verb == null && words.size() > 1) {
      verb = Verbs.of(first + " " + words.get(1));
      taken = 2;
    }
    if (verb == null) {
      throw unknown(first);
    }
    List<String> rest = words.subList(taken, words.size());
    if (rest.contains("--help") || rest.contains("-h")) {
      new HelpVerb().about(verb.syntax(), session);
      return ExitCode.OK;
    }
    return verb.execute(Arguments.parse(verb.syntax(), rest), session);
  }

  private static Refusal unknown(String word) {
    boolean group = false;
    for (String name : Verbs.NAMES) {
      group |= name.startsWith(word + " ");
    }
    return Refusal.badInput(
        group
            ? "millrace " + word + " needs one word more"
            : "there is no command \"" + word + '"' + Nearest.hint(word, Verbs.NAMES),
        "`millrace help` lists all commands");
  }
}
