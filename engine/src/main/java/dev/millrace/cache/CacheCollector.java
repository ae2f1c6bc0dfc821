package dev.millrace.cache;

import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.content.BlobInventory;
import dev.millrace.content.BlobInventory.StoredBlob;
import dev.millrace.content.ContentStore;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Counts, checks and shrinks the cache.
 *
 * <p>Collection may die at any instruction and may run beside work. It drops results, durably,
 * before it deletes the first blob of theirs: dying in between leaves blobs that nobody needs,
 * which the next collection deletes. A task that takes over content while a collection runs
 * refreshes its time of use, and {@link BlobInventory#delete} spares it. What slips through is a
 * blob that is missing, and so a miss.
 */
public final class CacheCollector {
  private final ActionCache cache;
  private final ContentStore store;
  private final BlobInventory inventory;

  /**
   * @param inventory of that very store
   */
  public CacheCollector(ActionCache cache, ContentStore store, BlobInventory inventory) {
    this.cache = cache;
    this.store = store;
    this.inventory = inventory;
  }

  /**
   * What the cache holds.
   *
   * @param actions number of actions that have a result
   * @param results number of results, of which an action has several if they differ
   * @param blobs number of blobs
   * @param bytes sum of their sizes
   */
  public record Stats(long actions, long results, long blobs, long bytes) {}

  /** Counts. */
  public Stats stats() throws IOException {
    Set<ActionKey> actions = new HashSet<>();
    long[] counts = new long[3];
    cache.forEach(
        recorded -> {
          actions.add(recorded.key());
          counts[0]++;
        });
    inventory.forEach(
        blob -> {
          counts[1]++;
          counts[2] += blob.digest().size();
        });
    return new Stats(actions.size(), counts[0], counts[1], counts[2]);
  }

  /**
   * What a collection dropped, or would drop.
   *
   * @param actions number of actions whose results went
   * @param blobs number of blobs that went
   * @param bytes sum of their sizes
   * @param bytesLeft sum of the sizes of the blobs that stay
   */
  public record Collected(long actions, long blobs, long bytes, long bytesLeft) {}

  /**
   * Drops the least recently used results down to the size that is asked for, and all blobs that no
   * remaining result needs.
   *
   * @throws IOException if the blobs cannot be listed or deleted, or the records not be changed;
   *     what was dropped so far stays dropped
   * @throws UncheckedIOException if trees or records cannot be read; then nothing was dropped
   */
  public Collected collect(CollectionRequest request) throws IOException {
    Marking marking = new Marking(request, new Reachable(new Trees(store)));
    cache.forEach(marking::add);
    List<ActionKey> going = marking.run();
    List<Digest> garbage = new ArrayList<>();
    long[] left = {0};
    inventory.forEach(
        blob -> {
          left[0] += blob.digest().size();
          if (isGarbage(blob, marking, request)) {
            garbage.add(blob.digest());
          }
        });
    if (!request.dryRun()) {
      forget(going);
    }
    long blobs = 0;
    long bytes = 0;
    for (Digest digest : garbage) {
      if (request.dryRun() || inventory.delete(digest, request.unusedSince())) {
        blobs++;
        bytes += digest.size();
      }
    }
    return new Collected(going.size(), blobs, bytes, left[0] - bytes);
  }

  private static boolean isGarbage(StoredBlob blob, Marking marking, CollectionRequest request) {
    return !marking.isMarked(blob.digest()) && !blob.lastUsed().isAfter(request.unusedSince());
  }

  private void forget(List<ActionKey> keys) throws IOException {
    CompletableFuture<?>[] stages =
        keys.stream()
            .map(key -> cache.forget(key).toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(stages).join();
    } catch (CompletionException e) {
      throw new IOException("results cannot be dropped: " + e.getCause(), e);
    }
  }

  /**
   * A result that cannot be served.
   *
   * @param missing the blobs of it that are not there
   */
  public record Incomplete(Recorded recorded, List<Digest> missing) {
    public Incomplete {
      missing = List.copyOf(missing);
    }
  }

  /**
   * What a check found.
   *
   * @param blobs number of blobs that are right
   * @param corrupt blobs that were put aside because their bytes are not those of their name
   * @param incomplete results that need blobs that are not there; each counts as a miss
   */
  public record Verified(long blobs, List<Digest> corrupt, List<Incomplete> incomplete) {
    public Verified {
      corrupt = List.copyOf(corrupt);
      incomplete = List.copyOf(incomplete);
    }
  }

  /**
   * Hashes every blob again, puts aside the corrupt ones, and looks for results without all blobs.
   *
   * @throws IOException if the blobs cannot be listed or read
   * @throws UncheckedIOException if trees or records cannot be read
   */
  public Verified verify() throws IOException {
    List<Digest> all = new ArrayList<>();
    inventory.forEach(blob -> all.add(blob.digest()));
    Set<Digest> sound = new HashSet<>();
    List<Digest> corrupt = new ArrayList<>();
    for (Digest digest : all) {
      if (inventory.verify(digest)) {
        sound.add(digest);
      } else {
        corrupt.add(digest);
      }
    }
    int right = sound.size();
    sound.add(Digest.EMPTY);
    return new Verified(right, corrupt, incomplete(sound));
  }

  private List<Incomplete> incomplete(Set<Digest> sound) {
    Reachable reachable = new Reachable(new Trees(store));
    Set<Digest> complete = new HashSet<>();
    List<Incomplete> incomplete = new ArrayList<>();
    cache.forEach(
        recorded -> {
          Set<Digest> needed = reachable.beyond(complete, Marking.needed(recorded.result()));
          List<Digest> missing = needed.stream().filter(d -> !sound.contains(d)).sorted().toList();
          if (missing.isEmpty()) {
            complete.addAll(needed);
          } else {
            incomplete.add(new Incomplete(recorded, missing));
          }
        });
    return incomplete;
  }
}
