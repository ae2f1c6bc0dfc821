import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;

/**
 * Scores one model on the validation part: accuracy, and F1 averaged over the digits.
 *
 * <p>Arguments: model, its training metrics (JSON), validation part (CSV), metrics (JSON).
 */
public class Evaluate {
  private static final int DIGITS = 10;

  public static void main(String[] args) throws IOException {
    svm_model model = svm.svm_load_model(args[0]);
    JsonObject training = new Gson().fromJson(Files.readString(Path.of(args[1])), JsonObject.class);
    int[][] confusion = confusion(model, Path.of(args[2]));

    Map<String, Number> metrics = new LinkedHashMap<>();
    for (String name : List.of("c", "gamma", "supportVectors", "trainingAccuracy")) {
      metrics.put(name, training.get(name).getAsDouble());
    }
    metrics.put("accuracy", accuracy(confusion));
    metrics.put("macroF1", macroF1(confusion));
    String json = new Gson().toJson(metrics);
    Files.writeString(Path.of(args[3]), json + "\n");
    System.out.println(json);
  }

  /** Counts rows by label, then by predicted label. */
  private static int[][] confusion(svm_model model, Path part) throws IOException {
    int[][] confusion = new int[DIGITS][DIGITS];
    List<String> lines = Files.readAllLines(part);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",");
      int predicted = (int) svm.svm_predict(model, pixels(cells));
      confusion[Integer.parseInt(cells[1])][predicted]++;
    }
    return confusion;
  }

  private static svm_node[] pixels(String[] cells) {
    List<svm_node> nodes = new ArrayList<>();
    for (int i = 2; i < cells.length; i++) {
      svm_node node = new svm_node();
      node.index = i - 1;
      node.value = Integer.parseInt(cells[i]) / 16.0;
      if (node.value != 0) {
        nodes.add(node);
      }
    }
    return nodes.toArray(svm_node[]::new);
  }

  private static double accuracy(int[][] confusion) {
    int right = 0;
    int all = 0;
    for (int label = 0; label < DIGITS; label++) {
      right += confusion[label][label];
      for (int count : confusion[label]) {
        all += count;
      }
    }
    return (double) right / all;
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
