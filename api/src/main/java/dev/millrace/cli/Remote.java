package dev.millrace.cli;

import dev.millrace.client.ClientConfig;
import dev.millrace.client.ServerProblemException;
import dev.millrace.client.ServerRuns;
import dev.millrace.client.WaitingClient;
import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.pipeline.Problem;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The server that a command is about. Nothing of it is loaded by a command that is about a state
 * directory.
 */
final class Remote implements RunReader {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration FOLLOW_PATIENCE = Duration.ofMinutes(10);

  private final WaitingClient client;
  private final ServerRuns runs;

  private Remote(WaitingClient client) {
    this.client = client;
    runs = new ServerRuns(client);
  }

  /** Connects when it is first asked something. */
  static Remote open(Arguments arguments, Session session) throws Refusal, IOException {
    Map<String, String> environment = session.environment();
    String address = value(arguments, "--server", environment, "MILLRACE_SERVER");
    try {
      ClientConfig config =
          ClientConfig.of(String.valueOf(address)).withPatience(PATIENCE, FOLLOW_PATIENCE);
      String token = environment.getOrDefault("MILLRACE_TOKEN", "");
      String tokenFile = value(arguments, "--token-file", environment, "MILLRACE_TOKEN_FILE");
      if (!token.isEmpty() && !arguments.has("--token-file")) {
        config = config.withToken(token);
      } else if (tokenFile != null) {
        config = config.withTokenFile(existing(session, "--token-file", tokenFile));
      }
      String ca = value(arguments, "--ca", environment, "MILLRACE_CA");
      if (ca != null) {
        config = config.withCa(existing(session, "--ca", ca));
      }
      return new Remote(WaitingClient.open(config));
    } catch (IllegalArgumentException e) {
      throw Refusal.badInput(e.getMessage() + "");
    } catch (NoSuchFileException e) {
      throw Refusal.badInput("there is no file " + session.shown(Path.of(e.getFile())));
    }
  }

  private static @Nullable String value(
      Arguments arguments, String option, Map<String, String> environment, String variable) {
    String given = arguments.get(option);
    String set = environment.getOrDefault(variable, "");
    return given != null ? given : set.isEmpty() ? null : set;
  }

  private static Path existing(Session session, String option, String written) throws Refusal {
    Path file = session.path(written);
    if (!file.toFile().canRead()) {
      throw Refusal.badInput(option + ": there is no file " + written + " that can be read");
    }
    return file;
  }

  /**
   * Returns what has to be added to a command that is given here, so that it is about that server.
   */
  static String option(Arguments arguments) {
    StringBuilder option = new StringBuilder();
    for (String name : List.of("--server", "--token-file", "--ca")) {
      String value = arguments.get(name);
      if (value != null) {
        option.append(' ').append(name).append(' ').append(SummaryText.quoted(value));
      }
    }
    return option.toString();
  }

  /** Refuses options that say what an engine in this process should do. */
  static void refuseLocal(Arguments arguments, String... options) throws Refusal {
    List<String> problems = new ArrayList<>();
    for (String option : options) {
      if (arguments.has(option)) {
        problems.add(option + " is for an engine in this process; leave it out with --server");
      }
    }
    if (!problems.isEmpty()) {
      throw Refusal.badInput(problems);
    }
  }

  /** Says why the server refused. */
  static Refusal refusal(ServerProblemException problem) {
    List<String> lines = new ArrayList<>();
    lines.add(problem.detail());
    for (Problem one : problem.problems()) {
      lines.add(one.pointer() + ": " + one.message() + " [" + one.code() + "]");
    }
    return switch (problem.status()) {
      case 401 ->
          Refusal.cannotWork(
              "the server does not know the token: " + problem.detail(),
              "give one with --token-file FILE, MILLRACE_TOKEN or MILLRACE_TOKEN_FILE");
      case 403 -> Refusal.cannotWork("the server does not allow it: " + problem.detail());
      default ->
          problem.status() < 500
              ? Refusal.badInput(lines)
              : Refusal.cannotWork(problem.getMessage() + "");
    };
  }

  WaitingClient client() {
    return client;
  }

  ServerRuns runs() {
    return runs;
  }

  @Override
  public List<RunRecord> list(RunQuery query) throws IOException {
    return runs.list(query);
  }

  @Override
  public List<RunRecord> find(String text) throws IOException {
    return runs.find(text);
  }

  @Override
  public RunHistory read(RunRecord run) throws IOException {
    return runs.read(run);
  }

  @Override
  public SortedMap<String, Artifact> outputs(RunHistory run) throws IOException {
    return runs.outputs(run);
  }

  @Override
  public ContentStore store() {
    return runs.store();
  }

  @Override
  public void close() {
    client.close();
  }
}
