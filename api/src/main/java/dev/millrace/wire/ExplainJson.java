package dev.millrace.wire;

import dev.millrace.cache.Explanation;
import dev.millrace.cache.ExplanationCodec;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.runtime.RunHistory;

/** Why a task ran, or whose result it took. */
public final class ExplainJson {
  private ExplainJson() {}

  /** Returns it as a text. */
  public static String text(RunHistory history, int task) {
    CanonicalWriter json = new CanonicalWriter();
    write(json, history, task);
    return json.toText();
  }

  /** Writes it as a value. */
  public static void write(CanonicalWriter json, RunHistory history, int task) {
    json.beginObject();
    RunEvent.ResultDiffered difference = history.task(task).difference();
    if (difference != null) {
      json.name("differs").beginObject();
      ResultJson.difference(json, difference);
      json.endObject();
    }
    json.name("run").value(history.record().id());
    json.name("status").value(TaskJson.status(history.view().taskStatus(task)));
    json.name("task").value(history.view().taskName(task));
    Explanation why = history.task(task).why();
    if (why != null) {
      ExplanationCodec.write(json.name("why"), why);
    }
    json.endObject();
  }
}
