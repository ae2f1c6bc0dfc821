package dev.millrace.gates;

import com.sun.source.tree.Tree;

/**
 * One place that breaks a rule.
 *
 * @param file as {@link SourceTree#name} gives it
 * @param subject the declaration or word at fault; with rule and file it makes the key
 * @param line from 1
 * @param advice what to write instead
 */
record Finding(String rule, String file, String subject, long line, String advice) {

  static Finding at(String rule, JavaSource source, Tree tree, String subject, String advice) {
    return new Finding(rule, source.file(), subject, source.line(tree), advice);
  }

  /** The entry that would allow this finding: without the line, which moves with every edit. */
  String key() {
    return rule + " " + file + "#" + subject;
  }

  @Override
  public String toString() {
    return file + ":" + line + ": " + subject + ": " + advice + "  [" + rule + "]";
  }
}
