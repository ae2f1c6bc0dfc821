package dev.millrace.gates;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java source looks as google-java-format writes it. With {@code -Dformat=write} it rewrites
 * those that do not, which is what {@code .ci/format} calls; a test, because tests run on the
 * project's JDK whatever Maven itself runs on, and the formatter has to parse that JDK's language.
 */
class FormatTest {

  private final Formatter formatter = new Formatter();

  @Test
  void everySourceIsFormatted() throws IOException {
    boolean write = "write".equals(System.getProperty("format"));
    List<String> wrong = new ArrayList<>();
    for (Path file : SourceTree.javaFiles()) {
      String source = SourceTree.read(file);
      String formatted = format(file, source);
      if (formatted.equals(source)) {
        continue;
      }
      if (write) {
        Files.writeString(file, formatted);
      } else {
        wrong.add(SourceTree.name(file));
      }
    }
    assertTrue(wrong.isEmpty(), () -> message(wrong));
  }

  private String format(Path file, String source) {
    try {
      return formatter.formatSourceAndFixImports(source);
    } catch (FormatterException e) {
      throw new IllegalStateException(SourceTree.name(file) + " does not parse", e);
    }
  }

  private static String message(List<String> wrong) {
    return "not formatted; `.ci/format` formats them:\n  " + String.join("\n  ", wrong);
  }
}
