package dev.millrace.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of a run by number. Numbers of a run are dense and tasks next to each other are queued and
 * placed at about the same time, so there is a page for each range of numbers while one of them is
 * in use: no hashing, and neighbours lie beside each other.
 */
final class TaskPages {
  private static final int BITS = 7;
  private static final int MASK = (1 << BITS) - 1;

  private @Nullable Page[] pages = new @Nullable Page[1];
  private int size;

  private static final class Page {
    private final @Nullable QueuedTask[] tasks = new @Nullable QueuedTask[1 << BITS];
    private int used;
  }

  int size() {
    return size;
  }

  @Nullable QueuedTask get(int number) {
    int at = number >>> BITS;
    Page page = at < pages.length ? pages[at] : null;
    return page == null ? null : page.tasks[number & MASK];
  }

  /** Sets the task of its number, and returns the one that was there. */
  @Nullable QueuedTask put(QueuedTask task) {
    Page page = page(task.task() >>> BITS);
    QueuedTask before = page.tasks[task.task() & MASK];
    page.tasks[task.task() & MASK] = task;
    if (before == null) {
      page.used++;
      size++;
    }
    return before;
  }

  private Page page(int at) {
    if (at >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(at + 1, 2 * pages.length));
    }
    Page page = pages[at];
    if (page == null) {
      page = new Page();
      pages[at] = page;
    }
    return page;
  }

  /** Removes a number, and returns the task that it had. */
  @Nullable QueuedTask remove(int number) {
    QueuedTask before = get(number);
    Page page = before == null ? null : pages[number >>> BITS];
    if (page != null) {
      page.tasks[number & MASK] = null;
      size--;
      if (--page.used == 0) {
        pages[number >>> BITS] = null;
      }
    }
    return before;
  }

  void clear() {
    pages = new @Nullable Page[1];
    size = 0;
  }
}
