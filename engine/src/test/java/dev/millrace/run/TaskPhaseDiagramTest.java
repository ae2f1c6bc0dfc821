package dev.millrace.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the diagram in the documentation equal to the table; {@code -Dexpected=write} draws it. */
final class TaskPhaseDiagramTest {
  private static final Path PAGE = Path.of("../docs/task-phases.md");

  @Test
  void theDiagramIsThatOfTheTable() throws IOException {
    String page = page();
    if ("write".equals(System.getProperty("expected"))) {
      Files.writeString(PAGE, page);
    }
    assertEquals(page, Files.readString(PAGE));
  }

  private static String page() {
    StringBuilder page = new StringBuilder();
    page.append("# The phases of a task\n\n");
    page.append("Drawn from the table in `TaskPhase`, the only gate of a task's status.\n\n");
    page.append("```mermaid\nstateDiagram-v2\n");
    page.append("  [*] --> ").append(TaskPhase.WAITING.label()).append('\n');
    for (TaskPhase from : TaskPhase.values()) {
      for (TaskPhase to : from.next()) {
        page.append("  ").append(from.label()).append(" --> ").append(to.label()).append('\n');
      }
    }
    for (TaskPhase phase : TaskPhase.values()) {
      if (phase.settled()) {
        page.append("  ").append(phase.label()).append(" --> [*]\n");
      }
    }
    return page.append("```\n").toString();
  }
}
