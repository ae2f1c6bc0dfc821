package dev.millrace.sandbox;

import java.nio.file.Path;

/**
 * The directory in which one attempt after another runs, and the files beside it.
 *
 * @param directory where the command runs
 * @param tmp in it, for temporary files
 * @param inputs in it, for what the command reads
 * @param stdout beside it; made by the first command that runs here
 * @param stderr beside it, likewise
 */
record Workspace(Path directory, Path tmp, Path inputs, Path stdout, Path stderr) {
  static final String TMP = "tmp";
  static final String INPUTS = "inputs";
  static final String STDOUT = ".stdout";
  static final String STDERR = ".stderr";

  static Workspace at(Path directory) {
    return new Workspace(
        directory,
        directory.resolve(TMP),
        directory.resolve(INPUTS),
        Path.of(directory + STDOUT),
        Path.of(directory + STDERR));
  }
}
