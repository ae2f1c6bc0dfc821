package dev.millrace.cache;

import dev.millrace.content.Artifact;
import java.time.Instant;
import java.util.Set;

/**
 * What to collect, and what to leave.
 *
 * @param maxBytes what the store may hold afterwards; kept things may make it hold more
 * @param keepKeys actions whose results stay: those of recent runs and named models
 * @param keepArtifacts content that stays: what running tasks read
 * @param unusedSince whatever was used after this time stays. Uses are noted to the hour, so beside
 *     running work this must lie at least two hours back
 * @param dryRun whether only to say what would go
 */
public record CollectionRequest(
    long maxBytes,
    Set<ActionKey> keepKeys,
    Set<Artifact> keepArtifacts,
    Instant unusedSince,
    boolean dryRun) {

  public CollectionRequest {
    keepKeys = Set.copyOf(keepKeys);
    keepArtifacts = Set.copyOf(keepArtifacts);
  }
}
