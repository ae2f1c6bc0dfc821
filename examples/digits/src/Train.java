import com.google.gson.Gson;
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
import libsvm.svm_parameter;
import libsvm.svm_problem;

/**
 * Trains a support vector machine with a radial kernel. The model is LIBSVM's text format: no time
 * and no chance in it, so equal data and settings give equal bytes.
 *
 * <p>Arguments: training part (CSV), C, gamma, model, metrics (JSON).
 */
public class Train {
  public static void main(String[] args) throws IOException {
    svm_problem problem = read(Path.of(args[0]));
    svm_parameter settings = settings(Double.parseDouble(args[1]), Double.parseDouble(args[2]));

    svm.svm_set_print_string_function(text -> {});
    svm_model model = svm.svm_train(problem, settings);
    svm.svm_save_model(args[3], model);

    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("c", settings.C);
    metrics.put("gamma", settings.gamma);
    metrics.put("supportVectors", model.l);
    metrics.put("trainingAccuracy", accuracy(model, problem));
    String json = new Gson().toJson(metrics);
    Files.writeString(Path.of(args[4]), json + "\n");
    System.out.println(json);
  }

  private static svm_parameter settings(double c, double gamma) {
    svm_parameter settings = new svm_parameter();
    settings.svm_type = svm_parameter.C_SVC;
    settings.kernel_type = svm_parameter.RBF;
    settings.C = c;
    settings.gamma = gamma;
    settings.eps = 1e-3;
    settings.shrinking = 1;
    settings.cache_size = 64;
    return settings;
  }

  private static double accuracy(svm_model model, svm_problem data) {
    int right = 0;
    for (int i = 0; i < data.l; i++) {
      if (svm.svm_predict(model, data.x[i]) == data.y[i]) {
        right++;
      }
    }
    return (double) right / data.l;
  }

  /** Reads columns id, label and pixels; pixels are scaled from 0..16 to 0..1, zeros left out. */
  private static svm_problem read(Path part) throws IOException {
    List<String> lines = Files.readAllLines(part);
    svm_problem problem = new svm_problem();
    problem.l = lines.size() - 1;
    problem.x = new svm_node[problem.l][];
    problem.y = new double[problem.l];
    for (int row = 0; row < problem.l; row++) {
      String[] cells = lines.get(row + 1).split(",");
      problem.y[row] = Integer.parseInt(cells[1]);
      List<svm_node> nodes = new ArrayList<>();
      for (int i = 2; i < cells.length; i++) {
        svm_node node = new svm_node();
        node.index = i - 1;
        node.value = Integer.parseInt(cells[i]) / 16.0;
        if (node.value != 0) {
          nodes.add(node);
        }
      }
      problem.x[row] = nodes.toArray(svm_node[]::new);
    }
    return problem;
  }
}
