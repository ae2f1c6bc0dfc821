import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Deals the rows of each digit to training (60 %), validation (20 %) and test (20 %). The same seed
 * gives the same parts on every machine: {@link Random} is specified to the bit.
 *
 * <p>Arguments: table (CSV), seed, training, validation and test part (CSV).
 */
public class Split {
  public static void main(String[] args) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(args[0]));
    Random random = new Random(Long.parseLong(args[1]));

    Map<String, List<String>> rowsOfLabel = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      rowsOfLabel.computeIfAbsent(line.split(",", 3)[1], label -> new ArrayList<>()).add(line);
    }

    List<String> train = new ArrayList<>();
    List<String> validation = new ArrayList<>();
    List<String> test = new ArrayList<>();
    for (List<String> rows : rowsOfLabel.values()) {
      Collections.shuffle(rows, random);
      int first = rows.size() * 3 / 5;
      int second = rows.size() * 4 / 5;
      train.addAll(rows.subList(0, first));
      validation.addAll(rows.subList(first, second));
      test.addAll(rows.subList(second, rows.size()));
    }

    String header = lines.get(0);
    write(Path.of(args[2]), header, train);
    write(Path.of(args[3]), header, validation);
    write(Path.of(args[4]), header, test);
  }

  private static void write(Path file, String header, List<String> rows) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(header);
    lines.addAll(rows);
    Files.write(file, lines);
    System.out.println(file + ": " + rows.size() + " rows");
  }
}
