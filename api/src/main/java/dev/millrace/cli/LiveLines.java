package dev.millrace.cli;

import java.util.Collection;

/** The texts of the live display, none wider than it may be. */
final class LiveLines {
  private static final int BAR = 24;

  private final boolean unicode;

  /**
   * @param unicode whether more than ASCII can be shown
   */
  LiveLines(boolean unicode) {
    this.unicode = unicode;
  }

  /** Returns the bar and the numbers. */
  String progress(Progress progress, Pace pace, long now, int columns) {
    StringBuilder line = new StringBuilder();
    if (columns >= 60) {
      bar(line, progress);
    }
    line.append(progress.done()).append('/').append(progress.tasks());
    if (progress.open()) {
      line.append(", more to come");
    }
    if (progress.cached() > 0) {
      line.append(", ").append(progress.cached()).append(" cached");
    }
    if (progress.failed() > 0) {
      line.append(", ").append(progress.failed()).append(" failed");
    }
    if (progress.held() > 0) {
      line.append(", ").append(progress.held()).append(" wait for approval");
    }
    line.append(", ").append(Amounts.clock(pace.elapsedSeconds(now)));
    long remaining = pace.remainingSeconds();
    if (remaining >= 0) {
      line.append(", about ").append(Amounts.clock(remaining)).append(" left");
    }
    return Columns.cut(line.toString(), columns);
  }

  private void bar(StringBuilder line, Progress progress) {
    int full = progress.tasks() == 0 ? 0 : (int) ((long) BAR * progress.done() / progress.tasks());
    line.append(unicode ? "" : "[");
    line.append((unicode ? "█" : "#").repeat(full));
    line.append((unicode ? "░" : ".").repeat(BAR - full));
    line.append(unicode ? " " : "] ");
  }

  /** Returns the names of what runs now, as many as fit. */
  String running(Collection<String> tasks, boolean cancelling, int columns) {
    if (tasks.isEmpty()) {
      return cancelling ? "  cancelling" : "";
    }
    StringBuilder line = new StringBuilder(cancelling ? "  stopping " : "  ");
    int told = 0;
    for (String task : tasks) {
      String name = Printer.clean(task);
      int width = Columns.width(line.toString()) + Columns.width(name);
      if (told > 0 && width > columns - 12) {
        break;
      }
      line.append(told++ > 0 ? ", " : "").append(name);
    }
    if (told < tasks.size()) {
      line.append(", +").append(tasks.size() - told).append(" more");
    }
    return Columns.cut(line.toString(), columns);
  }
}
