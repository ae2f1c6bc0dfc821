import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the cleaned table before anything is trained on it. Exits with 1, and says on stderr what
 * is wrong, when a check fails: a run on bad data ends here.
 *
 * <p>Arguments: table (CSV), counts (JSON), least rows of each digit, report (JSON).
 */
public class Verify {
  private static final int DIGITS = 10;
  private static final int BRIGHTEST = 16;

  /** One check and what it found. */
  record Check(String name, boolean passed, String detail) {}

  /** What is known about the table, for the report of the run. */
  record Result(int rows, Map<String, Integer> rowsOfDigit, List<Check> checks) {}

  public static void main(String[] args) throws IOException {
    List<int[]> rows = read(Path.of(args[0]));
    JsonObject counts = new Gson().fromJson(Files.readString(Path.of(args[1])), JsonObject.class);
    int leastRows = Integer.parseInt(args[2]);

    List<Check> checks =
        List.of(
            fewLeftOut(counts),
            labelsAreDigits(rows),
            pixelsInRange(rows),
            noBlankScan(rows),
            everyDigitOftenEnough(rows, leastRows));

    Result result = new Result(rows.size(), rowsOfDigit(rows), checks);
    Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    Files.writeString(Path.of(args[3]), gson.toJson(result) + "\n");

    checks.forEach(Verify::print);
    long failed = checks.stream().filter(check -> !check.passed()).count();
    if (failed > 0) {
      System.err.println("the data is not fit for training: " + failed + " check(s) failed");
      System.exit(1);
    }
  }

  private static void print(Check check) {
    if (check.passed()) {
      System.out.println("ok      " + check.name() + ": " + check.detail());
    } else {
      System.err.println("FAILED  " + check.name() + ": " + check.detail());
    }
  }

  private static Check fewLeftOut(JsonObject counts) {
    int read = counts.get("rowsRead").getAsInt();
    int kept = counts.get("rowsKept").getAsInt();
    boolean passed = read > 0 && (read - kept) * 100 <= read;
    return new Check(
        "at most 1 % of the rows left out", passed, "kept " + kept + " of " + read + " rows");
  }

  private static Check labelsAreDigits(List<int[]> rows) {
    List<Integer> bad = new ArrayList<>();
    for (int[] row : rows) {
      if (row[1] < 0 || row[1] >= DIGITS) {
        bad.add(row[0]);
      }
    }
    return check("labels are 0 to 9", bad);
  }

  private static Check pixelsInRange(List<int[]> rows) {
    List<Integer> bad = new ArrayList<>();
    for (int[] row : rows) {
      if (Arrays.stream(row, 2, row.length).anyMatch(v -> v < 0 || v > BRIGHTEST)) {
        bad.add(row[0]);
      }
    }
    return check("pixels are 0 to " + BRIGHTEST, bad);
  }

  private static Check noBlankScan(List<int[]> rows) {
    List<Integer> bad = new ArrayList<>();
    for (int[] row : rows) {
      if (Arrays.stream(row, 2, row.length).sum() == 0) {
        bad.add(row[0]);
      }
    }
    return check("no scan is blank", bad);
  }

  private static Check everyDigitOftenEnough(List<int[]> rows, int least) {
    Map<String, Integer> counts = rowsOfDigit(rows);
    List<String> rare = new ArrayList<>();
    counts.forEach(
        (digit, count) -> {
          if (count < least) {
            rare.add("digit " + digit + " has " + count);
          }
        });
    String detail = rare.isEmpty() ? "yes, all " + DIGITS : String.join(", ", rare);
    return new Check("at least " + least + " rows of each digit", rare.isEmpty(), detail);
  }

  private static Check check(String name, List<Integer> badRows) {
    if (badRows.isEmpty()) {
      return new Check(name, true, "all rows");
    }
    List<Integer> shown = badRows.subList(0, Math.min(5, badRows.size()));
    return new Check(name, false, badRows.size() + " row(s) break this, such as ids " + shown);
  }

  private static Map<String, Integer> rowsOfDigit(List<int[]> rows) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (int digit = 0; digit < DIGITS; digit++) {
      counts.put(String.valueOf(digit), 0);
    }
    for (int[] row : rows) {
      counts.computeIfPresent(String.valueOf(row[1]), (digit, count) -> count + 1);
    }
    return counts;
  }

  private static List<int[]> read(Path table) throws IOException {
    List<int[]> rows = new ArrayList<>();
    List<String> lines = Files.readAllLines(table);
    for (String line : lines.subList(1, lines.size())) {
      rows.add(Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray());
    }
    return rows;
  }
}
