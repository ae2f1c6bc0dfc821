package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands are found as execvp(3) finds them, also after they moved. */
class CommandLookupTest {
  private final CommandLookup lookup = new CommandLookup();

  @Test
  void takesTheFirstExecutable(@TempDir Path folder) throws IOException {
    Path plain = Files.createFile(Files.createDirectory(folder.resolve("a")).resolve("tool"));
    Path program = program(folder.resolve("b/tool"));
    Map<String, String> path = Map.of("PATH", plain.getParent() + ":" + program.getParent());
    assertEquals(program.toString(), lookup.find("tool", path, folder));
    assertEquals("./b/tool", lookup.find("./b/tool", path, folder));
  }

  @Test
  void findsAProgramAgainThatHasMoved(@TempDir Path folder) throws IOException {
    Path first = program(folder.resolve("a/tool"));
    Path second = program(folder.resolve("b/tool"));
    Map<String, String> path = Map.of("PATH", first.getParent() + ":" + second.getParent());
    assertEquals(first.toString(), lookup.find("tool", path, folder));
    Files.delete(first);
    assertEquals(second.toString(), lookup.find("tool", path, folder));
    Files.delete(second);
    assertNull(lookup.find("tool", path, folder));
  }

  @Test
  void relativeFoldersBelongToTheWorkingDirectory(@TempDir Path folder) throws IOException {
    program(folder.resolve("one/bin/tool"));
    Map<String, String> path = Map.of("PATH", "bin:");
    assertEquals("bin/tool", lookup.find("tool", path, folder.resolve("one")));
    assertNull(lookup.find("tool", path, folder.resolve("two")));
    program(folder.resolve("two/tool"));
    assertEquals("./tool", lookup.find("tool", path, folder.resolve("two")));
  }

  @Test
  void withoutPathTheSystemsFoldersAreSearched(@TempDir Path folder) {
    assertNotNull(lookup.find("sh", Map.of(), folder));
  }

  private static Path program(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.createFile(file);
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
