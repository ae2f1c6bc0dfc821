package dev.millrace.cache;

import dev.millrace.digest.Digest;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Actions and their recorded results. A service provider interface; its compatibility suite is
 * {@code ActionCacheTck}.
 *
 * <ul>
 *   <li>A result MUST be recorded only by {@link #put}, whose caller has stored all its blobs
 *       first.
 *   <li>When the stage of {@code put} completes normally the record MUST be durable.
 *   <li>A result recorded later under the same key is the one that is found; earlier ones with
 *       other outputs MUST be kept and listed.
 *   <li>The cache does not look into the content store: whether the blobs of a result are still
 *       there is the caller's question.
 *   <li>All methods MUST be safe to call from any thread.
 * </ul>
 */
public interface ActionCache {

  /** Returns the newest results of those keys that have one. */
  Map<ActionKey, ActionResult> lookup(Collection<ActionKey> keys);

  /**
   * Records a result, and that this action was the last of its subject.
   *
   * @param subject what explanations compare with: {@code <pipeline>/<task name>}
   * @param key of that very action, from {@link ActionCodec#key}
   * @return completes when durable
   */
  CompletionStage<Void> put(ActionKey key, Action action, String subject, ActionResult result);

  /** Forgets all results of the key; the action itself is kept for provenance. */
  CompletionStage<Void> forget(ActionKey key);

  /** Returns the action of that key. */
  Optional<Action> action(ActionKey key);

  /**
   * Returns the last recorded action of the subject; where there is none, that of the newest other
   * subject of the same step ({@code <pipeline>/<step>[...]}).
   */
  Optional<Recorded> nearest(String subject);

  /** Does the same for several subjects; those for which there is none are absent. */
  default Map<String, Recorded> nearest(Collection<String> subjects) {
    Map<String, Recorded> found = HashMap.newHashMap(subjects.size());
    for (String subject : subjects) {
      nearest(subject).ifPresent(recorded -> found.put(subject, recorded));
    }
    return found;
  }

  /** Returns the results with different outputs that are recorded under the key, newest first. */
  List<ActionResult> history(ActionKey key);

  /** Returns the actions that have the artifact as an output, newest first: its lineage. */
  List<Recorded> producersOf(Digest artifact, int limit);

  /**
   * Calls {@code visitor} for every recorded result, newest first; for collection and statistics.
   */
  void forEach(Consumer<Recorded> visitor);

  /**
   * An action with a result, the newest unless all are asked for.
   *
   * @param used when the result was last recorded or found, to the hour
   */
  record Recorded(
      ActionKey key, String subject, Action action, ActionResult result, Instant used) {}
}
