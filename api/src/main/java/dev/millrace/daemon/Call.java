package dev.millrace.daemon;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command as its client gave it.
 *
 * @param words the command and its arguments
 * @param directory the client's working directory
 * @param environment the client's variables by name
 * @param out the client's stdout
 * @param err the client's stderr
 * @param terminal by which others can open the client's stdout, to ask what it is
 * @param life what becomes of the client meanwhile
 */
public record Call(
    List<String> words,
    Path directory,
    Map<String, String> environment,
    OutputStream out,
    OutputStream err,
    Path terminal,
    ClientLife life) {

  public Call {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }
}
