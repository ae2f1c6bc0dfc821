package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.plan.Plan;
import dev.millrace.runtime.EngineConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the options of a run say. */
final class RunSettings {
  private static final String PATH_WHERE_UNSET = "/usr/local/bin:/usr/bin:/bin";

  static final Option OUT =
      Option.value("--out", "DIR", "where to put the outputs of the pipeline");
  static final Option JOBS =
      Option.value("--jobs", "N", "how many processors the steps may use at once");
  static final Option RESOURCE =
      Option.values("--resource", "NAME=AMOUNT", "how much of something steps may use at once");
  static final Option LABEL =
      Option.values("--label", "NAME=VALUE", "a label, by which runs can be found");
  static final Option REFRESH =
      Option.flag("--refresh", "run everything again and record the new results");
  static final Option VERIFY =
      Option.flagOrValue(
          "--verify", "RATE", "run also what is recorded, and compare (all, or 0 to 1)");
  static final Option KEEP_SANDBOX =
      Option.flag("--keep-sandbox", "leave the working directories of steps for a look");
  static final Option SECRET =
      Option.values("--secret", "NAME", "a secret from the environment variable NAME");
  static final Option SECRET_FILE =
      Option.values("--secret-file", "NAME=FILE", "a secret from a file");
  static final Option JSON =
      Option.flag("--json", "write events and a summary as JSON, one object a line");
  static final Option PLAIN = Option.flag("--plain", "write plain lines even on a terminal");

  private RunSettings() {}

  static EngineConfig config(Arguments arguments, Session session, Path state)
      throws Refusal, IOException {
    Map<String, String> resources = new LinkedHashMap<>(arguments.pairs("--resource"));
    Integer jobs = arguments.count("--jobs");
    if (jobs != null && resources.put("cpus", jobs.toString()) != null) {
      throw Refusal.badInput("--jobs and --resource cpus=… say the same thing; keep one of them");
    }
    return new EngineConfig(
        state,
        Machine.resources(resources),
        searchPath(session),
        secrets(arguments, session),
        arguments.has("--keep-sandbox"));
  }

  /**
   * Returns the user's search path, and at its end the JDK that runs Millrace: where it is the only
   * one and not on the path, steps in Java run all the same. Whatever the user has comes first.
   */
  private static String searchPath(Session session) {
    String path = session.environment().getOrDefault("PATH", PATH_WHERE_UNSET);
    return path + File.pathSeparator + Path.of(System.getProperty("java.home"), "bin");
  }

  private static Map<String, String> secrets(Arguments arguments, Session session)
      throws Refusal, IOException {
    Map<String, String> secrets = new HashMap<>();
    for (String name : arguments.all("--secret")) {
      String value = session.environment().get(name);
      if (value == null) {
        throw Refusal.badInput(
            "--secret "
                + name
                + ": there is no environment variable of that name; set it,"
                + " or use --secret-file "
                + name
                + "=FILE");
      }
      secrets.put(name, value);
    }
    for (Map.Entry<String, String> pair : arguments.pairs("--secret-file").entrySet()) {
      try {
        String text = Files.readString(session.path(pair.getValue()));
        secrets.put(
            pair.getKey(), text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
      } catch (NoSuchFileException e) {
        throw Refusal.badInput(
            "--secret-file " + pair.getKey() + ": there is no file " + pair.getValue());
      }
    }
    return secrets;
  }

  /** Returns where the outputs of the pipeline go. */
  static OutputExport export(Arguments arguments, Session session, Path state, Plan plan)
      throws Refusal, IOException {
    String out = arguments.get("--out");
    Path target =
        out == null ? state.resolve("outputs").resolve(plan.pipeline().name()) : session.path(out);
    return OutputExport.to(target, session.shown(target));
  }

  /**
   * Returns what shows a run.
   *
   * @param where what has to be added to commands about the run that are given here
   */
  static RunDisplay display(Arguments arguments, Session session, String where) {
    if (arguments.has("--json")) {
      return new JsonDisplay(session.printer());
    }
    boolean live = session.printer().terminal().interactive() && !arguments.has("--plain");
    return live ? new LiveDisplay(session, where) : new PlainDisplay(session, where);
  }
}
