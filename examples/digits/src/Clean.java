import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Turns the raw scans into a table: a header, a row id, the label first. Rows that are not 65 whole
 * numbers, and rows seen before, are left out and counted; whether too many were is for the next
 * step to judge.
 *
 * <p>Arguments: raw (CSV, gzipped or not), table (CSV), counts (JSON).
 */
public class Clean {
  private static final int PIXELS = 64;

  public static void main(String[] args) throws IOException {
    Path raw = Path.of(args[0]);
    Path table = Path.of(args[1]);
    Path counts = Path.of(args[2]);

    List<String> lines = new ArrayList<>();
    lines.add("id,label," + pixelNames());
    Map<String, Integer> firstRowOf = new TreeMap<>();
    int read = 0;
    int malformed = 0;
    int repeated = 0;
    try (BufferedReader reader = open(raw)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        int id = read++;
        String[] cells = line.trim().split("\\s*,\\s*");
        if (!isRow(cells)) {
          malformed++;
        } else if (firstRowOf.putIfAbsent(String.join(",", cells), id) != null) {
          repeated++;
        } else {
          lines.add(row(id, cells));
        }
      }
    }

    Files.write(table, lines);
    Map<String, Integer> result = new TreeMap<>();
    result.put("rowsRead", read);
    result.put("rowsMalformed", malformed);
    result.put("rowsRepeated", repeated);
    result.put("rowsKept", lines.size() - 1);
    Files.writeString(counts, new Gson().toJson(result) + "\n");
    System.out.println("kept " + (lines.size() - 1) + " of " + read + " rows");
  }

  private static BufferedReader open(Path file) throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(Files.newInputStream(file), 2);
    byte[] magic = bytes.readNBytes(2);
    bytes.unread(magic);
    boolean gzipped = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
    InputStream text = gzipped ? new GZIPInputStream(bytes) : bytes;
    return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
  }

  private static boolean isRow(String[] cells) {
    if (cells.length != PIXELS + 1) {
      return false;
    }
    for (String cell : cells) {
      if (!cell.matches("-?[0-9]{1,9}")) {
        return false;
      }
    }
    return true;
  }

  private static String row(int id, String[] cells) {
    String pixels = String.join(",", List.of(cells).subList(0, PIXELS));
    return id + "," + cells[PIXELS] + "," + pixels;
  }

  private static String pixelNames() {
    return IntStream.range(0, PIXELS)
        .mapToObj(i -> "r" + i / 8 + "c" + i % 8)
        .collect(Collectors.joining(","));
  }
}
