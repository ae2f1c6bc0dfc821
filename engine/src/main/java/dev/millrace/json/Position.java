package dev.millrace.json;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column in UTF-16 units, from 1
 */
public record Position(int line, int column) implements Comparable<Position> {

  @Override
  public int compareTo(Position other) {
    int order = Integer.compare(line, other.line);
    return order != 0 ? order : Integer.compare(column, other.column);
  }

  /** Returns {@code line:column}. */
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
