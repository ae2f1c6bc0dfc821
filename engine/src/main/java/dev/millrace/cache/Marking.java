package dev.millrace.cache;

import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which results and blobs stay. What must stay is marked first; then results, the most
 * recently used first, as long as what they need fits; then, in the same order, the inputs of those
 * that stay: they make explanations and lineage better, but a result is worth something without.
 */
final class Marking {
  private final CollectionRequest request;
  private final Reachable reachable;
  private final Map<ActionKey, Candidate> candidates = new HashMap<>();
  private final Set<Digest> marked = new HashSet<>(Set.of(Digest.EMPTY));
  private long bytes;

  /** All results of one action. */
  private static final class Candidate {
    private final List<Artifact> needed = new ArrayList<>();
    private final List<Artifact> inputs = new ArrayList<>();
    private Instant used = Instant.MIN;
  }

  Marking(CollectionRequest request, Reachable reachable) {
    this.request = request;
    this.reachable = reachable;
  }

  void add(Recorded recorded) {
    Candidate candidate = candidates.computeIfAbsent(recorded.key(), _ -> new Candidate());
    candidate.needed.addAll(needed(recorded.result()));
    candidate.inputs.addAll(recorded.action().inputs().values());
    if (recorded.used().isAfter(candidate.used)) {
      candidate.used = recorded.used();
    }
  }

  /** What must be there for the result to be served. */
  static List<Artifact> needed(ActionResult result) {
    List<Artifact> needed = new ArrayList<>(result.outputs().values());
    needed.add(Artifact.file(result.stdout()));
    needed.add(Artifact.file(result.stderr()));
    return needed;
  }

  /** Marks, and returns the actions whose results are to go. */
  List<ActionKey> run() {
    mark(request.keepArtifacts(), Long.MAX_VALUE);
    List<Candidate> staying = new ArrayList<>();
    List<Map.Entry<ActionKey, Candidate>> rest = new ArrayList<>();
    for (Map.Entry<ActionKey, Candidate> entry : candidates.entrySet()) {
      if (mustStay(entry.getKey(), entry.getValue())) {
        mark(entry.getValue().needed, Long.MAX_VALUE);
        staying.add(entry.getValue());
      } else {
        rest.add(entry);
      }
    }
    rest.sort(Comparator.comparing(entry -> entry.getValue().used, Comparator.reverseOrder()));
    List<ActionKey> going = new ArrayList<>();
    for (Map.Entry<ActionKey, Candidate> entry : rest) {
      if (mark(entry.getValue().needed, request.maxBytes())) {
        staying.add(entry.getValue());
      } else {
        going.add(entry.getKey());
      }
    }
    for (Candidate candidate : staying) {
      mark(candidate.inputs, request.maxBytes());
    }
    return going;
  }

  private boolean mustStay(ActionKey key, Candidate candidate) {
    return request.keepKeys().contains(key) || candidate.used.isAfter(request.unusedSince());
  }

  /** Marks what the artifacts need, unless the marked blobs would be larger than {@code limit}. */
  private boolean mark(Collection<Artifact> artifacts, long limit) {
    Set<Digest> more = reachable.beyond(marked, artifacts);
    long size = 0;
    for (Digest digest : more) {
      size += digest.size();
    }
    if (size > limit - bytes) {
      return false;
    }
    marked.addAll(more);
    bytes += size;
    return true;
  }

  /** Returns whether the blob stays. */
  boolean isMarked(Digest digest) {
    return marked.contains(digest);
  }
}
