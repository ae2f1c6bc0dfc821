import com.google.gson.Gson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the run's report: one HTML file that needs nothing else, with its pictures as inline SVG,
 * in the reader's light or dark colours.
 *
 * <p>Arguments: template (HTML), title, choice, sweep, test results and data checks (JSON), report
 * (HTML).
 */
public class Report {
  /** The champion and its scores. */
  record Choice(
      String metric,
      double c,
      double gamma,
      double validationAccuracy,
      double validationMacroF1,
      double testAccuracy,
      double testMacroF1) {}

  /** One configuration of the sweep. */
  record Score(
      double c,
      double gamma,
      double supportVectors,
      double trainingAccuracy,
      double accuracy,
      double macroF1) {}

  /** A scan that the champion read wrongly. */
  record Mistake(int id, int label, int predicted, int[] pixels) {}

  /** How the champion did on the test part: counts by label, then by predicted label. */
  record TestResult(int rows, int[][] confusion, Mistake[] mistakes) {}

  /** A check of the data. */
  record Check(String name, boolean passed, String detail) {}

  /** What was found about the data. */
  record Verified(int rows, Map<String, Integer> rowsOfDigit, Check[] checks) {}

  public static void main(String[] args) throws IOException {
    String title = escape(args[1]);
    Choice choice = read(args[2], Choice.class);
    Score[] sweep = read(args[3], Score[].class);
    TestResult test = read(args[4], TestResult.class);
    Verified verified = read(args[5], Verified.class);

    String html =
        Files.readString(Path.of(args[0]))
            .replace("{{title}}", title)
            .replace("{{facts}}", facts(choice, test, verified, sweep.length))
            .replace("{{sweep}}", sweepPlot(sweep, choice))
            .replace("{{table}}", sweepTable(sweep, choice))
            .replace("{{confusion}}", confusionMatrix(test.confusion()))
            .replace("{{mistakes}}", mistakes(test.mistakes()))
            .replace("{{checks}}", checks(verified.checks()));
    Files.writeString(Path.of(args[6]), html);
    System.out.println("wrote " + args[6]);
  }

  private static <T> T read(String file, Class<T> type) throws IOException {
    return new Gson().fromJson(Files.readString(Path.of(file)), type);
  }

  private static String facts(Choice choice, TestResult test, Verified verified, int tried) {
    return fact(percent(choice.testAccuracy()), "test accuracy, " + test.rows() + " unseen scans")
        + fact(percent(choice.testMacroF1()), "test F1, averaged over the digits")
        + fact(percent(choice.validationAccuracy()), "validation accuracy")
        + fact(
            "C = " + plain(choice.c()) + ", γ = " + plain(choice.gamma()),
            "champion of " + tried + ", picked by validation " + escape(choice.metric()))
        + fact(String.valueOf(verified.rows()), "scans of handwritten digits in all");
  }

  private static String fact(String value, String meaning) {
    return "<div><strong>" + value + "</strong><span>" + meaning + "</span></div>\n";
  }

  // ---- The sweep: validation error over gamma, one line for each C, both axes logarithmic.

  private static final double LEFT = 56;
  private static final double RIGHT = 560;
  private static final double TOP = 16;
  private static final double BOTTOM = 280;

  private static String sweepPlot(Score[] sweep, Choice choice) {
    double[] gammas = Arrays.stream(sweep).mapToDouble(Score::gamma).distinct().sorted().toArray();
    double[] costs = Arrays.stream(sweep).mapToDouble(Score::c).distinct().sorted().toArray();
    double worst = Arrays.stream(sweep).mapToDouble(Report::error).max().orElse(1);
    double best = Arrays.stream(sweep).mapToDouble(Report::error).min().orElse(0.001);

    StringBuilder svg = new StringBuilder();
    svg.append("<svg viewBox='0 0 680 330' role='img' aria-label='Validation error by gamma'>\n");
    for (double tick : new double[] {0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1}) {
      if (tick >= best / 1.5 && tick <= worst * 1.5) {
        double y = y(tick, best, worst);
        svg.append(line(LEFT, y, RIGHT, y, "grid"));
        svg.append(text(LEFT - 8, y + 4, "end", plain(tick * 100) + " %"));
      }
    }
    for (double gamma : gammas) {
      svg.append(text(x(gamma, gammas), BOTTOM + 22, "middle", plain(gamma)));
    }
    svg.append(text((LEFT + RIGHT) / 2, BOTTOM + 44, "middle", "γ of the kernel"));
    for (int i = 0; i < costs.length; i++) {
      String style = "s" + i % 4;
      double y = TOP + 24 + 22 * i;
      svg.append(series(sweep, costs[i], style, gammas, best, worst));
      svg.append(line(RIGHT + 16, y, RIGHT + 36, y, style + " key"));
      svg.append(text(RIGHT + 44, y + 4, "start", "C = " + plain(costs[i])));
    }
    for (Score score : sweep) {
      if (score.c() == choice.c() && score.gamma() == choice.gamma()) {
        svg.append(
            format(
                "<circle class='chosen' cx='%.1f' cy='%.1f' r='9'/>\n",
                x(score.gamma(), gammas), y(error(score), best, worst)));
      }
    }
    return svg.append("</svg>").toString();
  }

  private static String series(
      Score[] sweep, double c, String style, double[] gammas, double best, double worst) {
    StringBuilder points = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (double gamma : gammas) {
      for (Score score : sweep) {
        if (score.c() == c && score.gamma() == gamma) {
          double px = x(gamma, gammas);
          double py = y(error(score), best, worst);
          points.append(format("%.1f,%.1f ", px, py));
          dots.append(
              format(
                  "<circle class='%s dot' cx='%.1f' cy='%.1f' r='4'><title>C = %s, γ = %s: %s"
                      + " wrong</title></circle>\n",
                  style, px, py, plain(c), plain(gamma), percent(1 - score.accuracy())));
        }
      }
    }
    return format("<polyline class='%s' points='%s'/>\n%s", style, points.toString().trim(), dots);
  }

  /** A score without an error would have no place on a logarithmic axis. */
  private static double error(Score score) {
    return Math.max(1 - score.accuracy(), 0.001);
  }

  private static double x(double gamma, double[] gammas) {
    double first = Math.log(gammas[0]);
    double last = Math.log(gammas[gammas.length - 1]);
    double share = last == first ? 0.5 : (Math.log(gamma) - first) / (last - first);
    return LEFT + 24 + share * (RIGHT - LEFT - 48);
  }

  private static double y(double error, double best, double worst) {
    double low = Math.log(best / 1.5);
    double high = Math.log(worst * 1.5);
    return BOTTOM - (Math.log(error) - low) / (high - low) * (BOTTOM - TOP);
  }

  private static String sweepTable(Score[] sweep, Choice choice) {
    StringBuilder rows = new StringBuilder();
    for (Score score : sweep) {
      boolean chosen = score.c() == choice.c() && score.gamma() == choice.gamma();
      rows.append(chosen ? "<tr class='champion'>" : "<tr>");
      for (String cell :
          List.of(
              plain(score.c()),
              plain(score.gamma()),
              plain(score.supportVectors()),
              percent(score.trainingAccuracy()),
              percent(score.accuracy()),
              percent(score.macroF1()))) {
        rows.append("<td>").append(cell).append("</td>");
      }
      rows.append("</tr>\n");
    }
    return rows.toString();
  }

  // ---- The confusion matrix: a cell's ink is its share of the row.

  private static String confusionMatrix(int[][] confusion) {
    int cell = 40;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg viewBox='0 0 460 460' role='img' aria-label='Confusion matrix'>\n");
    svg.append(text(260, 14, "middle", "read as"));
    svg.append(
        "<text class='axis' transform='translate(12 260) rotate(-90)'"
            + " text-anchor='middle'>labelled</text>\n");
    for (int digit = 0; digit < confusion.length; digit++) {
      svg.append(text(60 + digit * cell + cell / 2.0, 36, "middle", String.valueOf(digit)));
      svg.append(text(40, 48 + digit * cell + cell / 2.0 + 5, "middle", String.valueOf(digit)));
    }
    for (int label = 0; label < confusion.length; label++) {
      int labelled = Math.max(1, Arrays.stream(confusion[label]).sum());
      for (int read = 0; read < confusion.length; read++) {
        int count = confusion[label][read];
        double share = (double) count / labelled;
        double ink = count == 0 ? 0 : 0.15 + 0.85 * share;
        int px = 60 + read * cell;
        int py = 48 + label * cell;
        svg.append(
            format(
                "<rect class='%s' x='%d' y='%d' width='%d' height='%d' fill-opacity='%.2f'/>\n",
                label == read ? "right" : "wrong", px + 1, py + 1, cell - 2, cell - 2, ink));
        if (count > 0) {
          svg.append(
              format(
                  "<text class='%s' x='%d' y='%d' text-anchor='middle'>%d</text>\n",
                  share > 0.5 ? "on-ink" : "count", px + cell / 2, py + cell / 2 + 5, count));
        }
      }
    }
    return svg.append("</svg>").toString();
  }

  // ---- The scans that were read wrongly.

  private static String mistakes(Mistake[] mistakes) {
    if (mistakes.length == 0) {
      return "<p>None.</p>";
    }
    List<String> figures = new ArrayList<>();
    for (Mistake mistake : mistakes) {
      figures.add(
          format(
              "<figure>%s<figcaption>%d read as %d<br><span>row %d</span></figcaption></figure>",
              scan(mistake.pixels()), mistake.label(), mistake.predicted(), mistake.id()));
    }
    return "<div class='scans'>" + String.join("\n", figures) + "</div>";
  }

  private static String scan(int[] pixels) {
    StringBuilder svg = new StringBuilder("<svg viewBox='0 0 8 8' shape-rendering='crispEdges'>");
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] > 0) {
        svg.append(
            format(
                "<rect class='pen' x='%d' y='%d' width='1' height='1' fill-opacity='%.2f'/>",
                i % 8, i / 8, pixels[i] / 16.0));
      }
    }
    return svg.append("</svg>").toString();
  }

  private static String checks(Check[] checks) {
    StringBuilder rows = new StringBuilder();
    for (Check check : checks) {
      String outcome = check.passed() ? "passed" : "failed";
      rows.append(
          format(
              "<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n",
              escape(check.name()), outcome, escape(check.detail())));
    }
    return rows.toString();
  }

  // ---- Small words and marks.

  private static String line(double x1, double y1, double x2, double y2, String style) {
    return format(
        "<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>\n", style, x1, y1, x2, y2);
  }

  private static String text(double x, double y, String anchor, String words) {
    return format(
        "<text class='axis' x='%.1f' y='%.1f' text-anchor='%s'>%s</text>\n", x, y, anchor, words);
  }

  private static String percent(double share) {
    return format("%.2f %%", share * 100);
  }

  /** A number without the zeros that say nothing. */
  private static String plain(double number) {
    return new BigDecimal(format("%.6f", number)).stripTrailingZeros().toPlainString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;");
  }
}
