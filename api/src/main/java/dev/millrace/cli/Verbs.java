package dev.millrace.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All commands, each made only when it is asked for: start-up time is a feature. */
final class Verbs {

  /** The names of all commands, in the order in which help lists them. */
  static final List<String> NAMES =
      List.of(
          "run",
          "submit",
          "watch",
          "validate",
          "graph",
          "approve",
          "cancel",
          "retry",
          "runs",
          "show",
          "explain",
          "logs",
          "compare",
          "lineage",
          "cache stats",
          "cache gc",
          "cache verify",
          "server",
          "daemon stop",
          "token create",
          "token list",
          "token revoke",
          "completion",
          "help");

  private Verbs() {}

  /** Returns the command of that name, or null. */
  static @Nullable Verb of(String name) {
    return switch (name) {
      case "run" -> new RunVerb();
      case "submit" -> new SubmitVerb();
      case "watch" -> new WatchVerb();
      case "validate" -> new ValidateVerb();
      case "graph" -> new GraphVerb();
      case "approve" -> new ApproveVerb();
      case "cancel" -> new CancelVerb();
      case "retry" -> new RetryVerb();
      case "runs" -> new RunsVerb();
      case "show" -> new ShowVerb();
      case "explain" -> new ExplainVerb();
      case "logs" -> new LogsVerb();
      case "compare" -> new CompareVerb();
      case "lineage" -> new LineageVerb();
      case "cache stats" -> new CacheStatsVerb();
      case "cache gc" -> new CacheGcVerb();
      case "cache verify" -> new CacheVerifyVerb();
      case "server" -> new ServerVerb();
      case "daemon stop" -> new DaemonStopVerb();
      case "token create" -> new TokenCreateVerb();
      case "token list" -> new TokenListVerb();
      case "token revoke" -> new TokenRevokeVerb();
      case "help" -> new HelpVerb();
      case "completion" -> new CompletionVerb();
      default -> null;
    };
  }
}
