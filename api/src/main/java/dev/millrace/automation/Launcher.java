package dev.millrace.automation;

import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Starts runs.
 *
 * <ul>
 *   <li>Of launches with the same cause, one MUST become a run, however often, from however many
 *       threads and over however many lives of the process they are made.
 *   <li>When {@link #launch} returns a run, it MUST be durable.
 *   <li>All methods MUST be safe to call from any thread.
 * </ul>
 */
public interface Launcher {
  /**
   * Starts the run of a cause, if there is none.
   *
   * @throws IOException if that cannot be done now, such as on a full disk
   */
  Launched launch(Launch launch) throws IOException;

  /**
   * Returns what would keep a launch from becoming a run, with places as they are in a schedule or
   * trigger.
   *
   * @param open names of parameters whose values are not known yet
   */
  List<Problem> check(
      String pipeline, Map<String, JsonValue> params, Set<String> open, Map<String, String> labels);
}
