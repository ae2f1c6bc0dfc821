package dev.millrace.cache;

import dev.millrace.content.Artifact;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that may change the result of a task, and nothing else: no ids, times, hosts, resources,
 * retries, timeouts, priorities or labels, and no place outside the sandbox.
 *
 * @param command what is run, after expansion
 * @param environment declared variables by name; never secrets
 * @param platform what the executor says of itself: its name, the operating system and
 *     architecture, the digest of an image, the fingerprints of declared tools
 * @param inputs by the path in the sandbox at which they are placed
 * @param outputs by the name under which they are declared
 * @param salt disowns earlier results when it changes; empty by default
 */
public record Action(
    Command command,
    SortedMap<String, String> environment,
    SortedMap<String, String> platform,
    SortedMap<String, Artifact> inputs,
    SortedMap<String, OutputPath> outputs,
    String salt) {

  /** Version of the form of the key. A change to what is hashed, or how, needs a new one. */
  public static final int SCHEMA = 1;

  public Action {
    environment = unmodifiable(environment);
    platform = unmodifiable(platform);
    inputs = unmodifiable(inputs);
    outputs = unmodifiable(outputs);
  }

  private static <V> SortedMap<String, V> unmodifiable(Map<String, V> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /** What is run. */
  public sealed interface Command {

    /** A program and its arguments. */
    record Argv(List<String> arguments) implements Command {
      public Argv {
        arguments = List.copyOf(arguments);
      }
    }

    /** A text for {@code /bin/sh -eu}. */
    record Script(String text) implements Command {}
  }

  /**
   * A declared output.
   *
   * @param path where the step leaves it, relative to the sandbox
   * @param optional whether the task succeeds without it
   */
  public record OutputPath(String path, boolean optional) {}
}
