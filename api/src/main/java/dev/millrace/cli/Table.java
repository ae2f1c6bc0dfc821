package dev.millrace.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells in columns. Columns of numbers are aligned to the right. */
final class Table {
  private static final String GAP = "  ";

  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  Table(List<String> heads) {
    this.heads = List.copyOf(heads);
  }

  /** Adds a line with a cell for each column. */
  void add(List<String> cells) {
    List<String> clean = new ArrayList<>(cells.size());
    for (String cell : cells) {
      clean.add(Printer.clean(cell).replace('\n', ' '));
    }
    rows.add(clean);
  }

  /** Writes heads and lines. */
  void print(Printer printer) {
    int[] widths = new int[heads.size()];
    boolean[] right = new boolean[heads.size()];
    for (int column = 0; column < heads.size(); column++) {
      widths[column] = Columns.width(heads.get(column));
      right[column] = !rows.isEmpty();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], Columns.width(row.get(column)));
        right[column] &= isNumber(row.get(column));
      }
    }
    printer.line(Printer.Style.STRONG, line(heads, widths, right), "");
    for (List<String> row : rows) {
      printer.line(line(row, widths, right));
    }
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String space = " ".repeat(widths[column] - Columns.width(cell));
      line.append(column == 0 ? "" : GAP);
      line.append(right[column] ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  private static boolean isNumber(String cell) {
    if (cell.isEmpty() || cell.equals("-")) {
      return true;
    }
    char first = cell.charAt(cell.startsWith("-") && cell.length() > 1 ? 1 : 0);
    char last = cell.charAt(cell.length() - 1);
    return Character.isDigit(first) && Character.isDigit(last);
  }
}
