package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.CacheCollector.Collected;
import dev.millrace.cache.CacheCollector.Stats;
import dev.millrace.cache.CacheCollector.Verified;
import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheCollectorTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant NOTHING_IN_USE = Instant.MAX;

  @TempDir private Path directory;
  private Instant now = START;
  private final InMemoryActionCache cache = new InMemoryActionCache(() -> now);
  private DiskContentStore store;
  private CacheCollector collector;

  @BeforeEach
  void open() throws IOException {
    store = DiskContentStore.open(directory);
    collector = new CacheCollector(cache, store, store);
  }

  private Artifact file(String content) throws IOException {
    return Artifact.file(store.put(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** A file of that many bytes. */
  private Artifact file(String name, int size) throws IOException {
    return file(name + "-".repeat(size - name.length()));
  }

  private Artifact tree(Map<String, Artifact> entries) throws IOException {
    return new Trees(store).ofReferences(entries);
  }

  private ActionKey record(String name, Artifact output, Artifact... inputs) {
    TreeMap<String, Artifact> read = new TreeMap<>();
    for (Artifact input : inputs) {
      read.put("in" + read.size(), input);
    }
    Action action =
        new Action(
            new Command.Script(name), new TreeMap<>(), new TreeMap<>(), read, new TreeMap<>(), "");
    ActionResult result =
        new ActionResult(
            new TreeMap<>(Map.of("out", output)),
            new TreeMap<>(),
            0,
            Digest.EMPTY,
            Digest.EMPTY,
            new ActionResult.Producer("r", name, 1, "local"),
            now,
            ResourceUsage.NONE);
    ActionKey key = ActionCodec.key(action);
    now = now.plusSeconds(60);
    cache.put(key, action, "p/" + name, result).toCompletableFuture().join();
    return key;
  }

  private static CollectionRequest downTo(long maxBytes) {
    return new CollectionRequest(maxBytes, Set.of(), Set.of(), NOTHING_IN_USE, false);
  }

  private Set<ActionKey> found(ActionKey... keys) {
    return cache.lookup(List.of(keys)).keySet();
  }

  @Test
  void dropsTheLeastRecentlyUsedDownToTheSize() throws IOException {
    ActionKey first = record("first", file("1", 100));
    ActionKey second = record("second", file("2", 100));
    ActionKey third = record("third", file("3", 100));
    now = now.plusSeconds(9_999);
    cache.lookup(List.of(first));

    Collected collected = collector.collect(downTo(250));

    assertEquals(new Collected(1, 1, 100, 200), collected);
    assertEquals(Set.of(first, third), found(first, second, third));
    assertEquals(new Stats(2, 2, 2, 200), collector.stats());
  }

  @Test
  void whatIsSharedIsCountedOnceAndStaysAsLongAsSomebodyNeedsIt() throws IOException {
    Artifact shared = file("shared", 100);
    ActionKey old = record("old", shared);
    record("middle", file("middle", 100));
    ActionKey young = record("young", tree(Map.of("a", shared)));

    collector.collect(downTo(280));

    assertEquals(Set.of(old, young), found(old, young));
    assertTrue(store.contains(shared.digest()));
  }

  @Test
  void whatIsKeptStaysWhateverTheSize() throws IOException {
    Artifact deep = file("deep", 50);
    ActionKey kept = record("kept", tree(Map.of("sub", tree(Map.of("deep", deep)))));
    Artifact running = file("running", 50);
    Artifact orphan = file("orphan", 50);
    ActionKey other = record("other", file("other", 50));

    collector.collect(
        new CollectionRequest(
            0, Set.of(kept), Set.of(tree(Map.of("x", running))), NOTHING_IN_USE, false));

    assertEquals(Set.of(kept), found(kept, other));
    assertTrue(store.contains(deep.digest()));
    assertTrue(store.contains(running.digest()));
    assertFalse(store.contains(orphan.digest()));
  }

  @Test
  void whatWasUsedSinceStays() throws IOException {
    ActionKey key = record("young", file("young", 100));
    Artifact orphan = file("orphan", 100);

    CollectionRequest request =
        new CollectionRequest(0, Set.of(), Set.of(), START.minusSeconds(60), false);

    assertEquals(new Collected(0, 0, 0, 200), collector.collect(request));
    assertEquals(Set.of(key), found(key));
    assertTrue(store.contains(orphan.digest()));
  }

  @Test
  void inputsStayWhereThereIsRoom() throws IOException {
    Artifact source = file("source", 100);
    ActionKey key = record("step", file("out", 10), source);

    collector.collect(downTo(110));
    assertTrue(store.contains(source.digest()));

    collector.collect(downTo(109));
    assertFalse(store.contains(source.digest()));
    assertEquals(Set.of(key), found(key));
  }

  @Test
  void aDryRunOnlyTells() throws IOException {
    ActionKey key = record("step", file("out", 100));
    file("orphan", 30);

    CollectionRequest dry = new CollectionRequest(0, Set.of(), Set.of(), NOTHING_IN_USE, true);

    assertEquals(new Collected(1, 2, 130, 0), collector.collect(dry));
    assertEquals(Set.of(key), found(key));
    assertEquals(new Stats(1, 1, 2, 130), collector.stats());
  }

  @Test
  void noBlobIsDeletedBeforeItsResultsAreDropped() throws IOException {
    ActionKey key = record("step", file("out", 100));
    cache.setFailure(new IOException("no space left"));

    assertThrows(IOException.class, () -> collector.collect(downTo(0)));

    cache.setFailure(null);
    assertEquals(Set.of(key), found(key));
    assertEquals(List.of(), collector.verify().incomplete());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsLeftIsWhole(long seed) throws IOException {
    Random random = new Random(seed);
    List<Artifact> pool = new ArrayList<>(List.of(file("seed")));
    for (int i = 0; i < 60; i++) {
      Artifact one = pool.get(random.nextInt(pool.size()));
      Artifact two = pool.get(random.nextInt(pool.size()));
      Artifact made = random.nextBoolean() ? file("f" + i, 50) : tree(Map.of("a", one, "b", two));
      pool.add(made);
      record("step" + i, made, one);
    }

    Collected collected = collector.collect(downTo(1_500));

    Verified verified = collector.verify();
    assertEquals(List.of(), verified.incomplete(), () -> "seed " + seed);
    assertTrue(collected.bytesLeft() <= 1_500, () -> "seed " + seed);
    assertEquals(collected.bytesLeft(), store.totalBytes());
    assertTrue(collected.actions() > 0 && collected.actions() < 60);
  }

  @Test
  void findsCorruptBlobsAndIncompleteResults() throws IOException {
    Artifact inner = file("inner");
    ActionKey hurt = record("hurt", tree(Map.of("inner", inner)));
    record("sound", file("sound"));
    damage(inner.digest());

    Verified verified = collector.verify();

    assertEquals(2, verified.blobs());
    assertEquals(List.of(inner.digest()), verified.corrupt());
    assertEquals(1, verified.incomplete().size());
    assertEquals(hurt, verified.incomplete().getFirst().recorded().key());
    assertEquals(List.of(inner.digest()), verified.incomplete().getFirst().missing());
    assertFalse(store.contains(inner.digest()));
    assertEquals(List.of(), collector.verify().corrupt());
  }

  private void damage(Digest digest) throws IOException {
    String hex = digest.hex();
    try (var files = Files.walk(directory)) {
      Path blob =
          files
              .filter(file -> file.endsWith(Path.of(hex.substring(0, 2), hex.substring(2))))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(blob);
      bytes[0] ^= 1;
      Files.delete(blob);
      Files.write(blob, bytes);
    }
  }

  @Test
  void knowsNamedTreesEntryByEntry() throws IOException {
    Tree tree = new Trees(store).read(tree(Map.of("a", file("a"))).digest());
    assertEquals(
        Map.of("a", file("a")), TreeEntries.in(new Trees(store)).of(new Trees(store).put(tree)));
  }
}
