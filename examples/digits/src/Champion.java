import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;

/**
 * Picks the model with the best validation score (where scores are equal, the one with fewer
 * support vectors, then the smaller C), and only then looks at the test part, once.
 *
 * <p>Arguments: metric to pick by, scores (directory), models (directory), test part (CSV); then
 * what it writes: model, choice (JSON), metrics (JSON), sweep (JSON), test results (JSON).
 */
public class Champion {
  private static final int DIGITS = 10;
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** What {@code evaluate} measured of one model. */
  record Score(
      double c,
      double gamma,
      double supportVectors,
      double trainingAccuracy,
      double accuracy,
      double macroF1) {
    double by(String metric) {
      return switch (metric) {
        case "accuracy" -> accuracy;
        case "macroF1" -> macroF1;
        default -> throw new IllegalArgumentException("no such metric: " + metric);
      };
    }
  }

  /** A model and its score, found under the same task index in both directories. */
  record Candidate(Score score, Path model) {}

  /** A scan that the champion reads wrongly. */
  record Mistake(int id, int label, int predicted, int[] pixels) {}

  /** How the champion does on the test part: counts by label, then by predicted label. */
  record TestResult(int rows, int[][] confusion, List<Mistake> mistakes) {}

  public static void main(String[] args) throws IOException {
    String metric = args[0];
    List<Candidate> candidates = candidates(Path.of(args[1]), Path.of(args[2]));
    Candidate champion =
        candidates.stream()
            .max(
                Comparator.comparingDouble((Candidate it) -> it.score().by(metric))
                    .thenComparingDouble(it -> -it.score().supportVectors())
                    .thenComparingDouble(it -> -it.score().c()))
            .orElseThrow(() -> new IllegalStateException("no model was evaluated"));

    TestResult result = test(champion.model(), Path.of(args[3]));
    double accuracy = 1 - (double) result.mistakes().size() / result.rows();
    double macroF1 = macroF1(result.confusion());

    Files.copy(champion.model(), Path.of(args[4]));
    Files.writeString(Path.of(args[5]), choice(metric, champion.score(), accuracy, macroF1));
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("testAccuracy", accuracy);
    metrics.put("testMacroF1", macroF1);
    Files.writeString(Path.of(args[6]), GSON.toJson(metrics) + "\n");
    List<Score> sweep = candidates.stream().map(Candidate::score).toList();
    Files.writeString(Path.of(args[7]), GSON.toJson(sweep) + "\n");
    Files.writeString(Path.of(args[8]), GSON.toJson(result) + "\n");
    System.out.println("best by " + metric + ": " + champion.score());
    System.out.println("test accuracy " + accuracy);
  }

  private static String choice(String metric, Score score, double accuracy, double macroF1) {
    Map<String, Object> choice = new LinkedHashMap<>();
    choice.put("testAccuracy", accuracy);
    choice.put("testMacroF1", macroF1);
    choice.put("metric", metric);
    choice.put("c", score.c());
    choice.put("gamma", score.gamma());
    choice.put("validationAccuracy", score.accuracy());
    choice.put("validationMacroF1", score.macroF1());
    return GSON.toJson(choice) + "\n";
  }

  /** Joins the two directories: entries of one task begin with the same index. */
  private static List<Candidate> candidates(Path scores, Path models) throws IOException {
    Map<Integer, Path> modelOf = entries(models);
    List<Candidate> candidates = new ArrayList<>();
    for (Map.Entry<Integer, Path> score : entries(scores).entrySet()) {
      Path model = modelOf.get(score.getKey());
      String json = Files.readString(score.getValue());
      candidates.add(new Candidate(new Gson().fromJson(json, Score.class), model));
    }
    return candidates;
  }

  private static Map<Integer, Path> entries(Path directory) throws IOException {
    Map<Integer, Path> entries = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("index.json")) {
          entries.put(Integer.parseInt(name.replaceFirst("[^0-9].*", "")), file);
        }
      }
    }
    return entries;
  }

  private static TestResult test(Path modelFile, Path part) throws IOException {
    svm_model model = svm.svm_load_model(modelFile.toString());
    int[][] confusion = new int[DIGITS][DIGITS];
    List<Mistake> mistakes = new ArrayList<>();
    List<String> lines = Files.readAllLines(part);
    for (String line : lines.subList(1, lines.size())) {
      int[] row = Stream.of(line.split(",")).mapToInt(Integer::parseInt).toArray();
      int predicted = (int) svm.svm_predict(model, pixels(row));
      confusion[row[1]][predicted]++;
      if (predicted != row[1]) {
        int[] pixels = Arrays.copyOfRange(row, 2, row.length);
        mistakes.add(new Mistake(row[0], row[1], predicted, pixels));
      }
    }
    return new TestResult(lines.size() - 1, confusion, mistakes);
  }

  private static svm_node[] pixels(int[] row) {
    List<svm_node> nodes = new ArrayList<>();
    for (int i = 2; i < row.length; i++) {
      svm_node node = new svm_node();
      node.index = i - 1;
      node.value = row[i] / 16.0;
      if (node.value != 0) {
        nodes.add(node);
      }
    }
    return nodes.toArray(svm_node[]::new);
  }

  private static double macroF1(int[][] confusion) {
    double sum = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      int labelled = 0;
      int predicted = 0;
      for (int other = 0; other < DIGITS; other++) {
        labelled += confusion[digit][other];
        predicted += confusion[other][digit];
      }
      int both = labelled + predicted;
      sum += both == 0 ? 0 : 2.0 * confusion[digit][digit] / both;
    }
    return sum / DIGITS;
  }
}
