package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.Artifact;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.journal.InMemoryDefinitions;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.runtime.PipelineRegistry.Content;
import dev.millrace.runtime.PipelineRegistry.Version;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineRegistryTest {
  private static final Artifact SOURCE = Artifact.file(Digest.of("source"));

  private final InMemoryContentStore store = new InMemoryContentStore();
  private final PipelineRegistry registry = new PipelineRegistry(new InMemoryDefinitions(), store);

  @Test
  void equalContentIsOneVersionWhateverItsOrder() throws IOException {
    Version first = register("{\"b\": 1, \"a\": 2}", 1);
    Version other = register("{\"b\": 2, \"a\": 2}", 2);
    Version again = register("{\"a\": 2, \"b\": 1.0}", 3);

    assertEquals(first.version(), again.version());
    assertEquals(1, again.registeredAtMillis());
    assertEquals(12, first.version().length());
    assertEquals(List.of(first.version(), other.version()), versions());
    assertEquals(again, registry.resolve("p").orElseThrow());
    assertEquals(other, registry.resolve(other.reference()).orElseThrow());
  }

  @Test
  void theDocumentComesBackInItsOwnOrderWithItsSources() throws IOException {
    Content read = registry.read(register("{\"b\": 1, \"a\": 2}", 1));

    assertEquals("{\"b\":1,\"a\":2}", JsonText.compact(read.document()));
    assertEquals(Map.of("file", SOURCE), read.sources());
  }

  @Test
  void whatIsDeletedIsKnownNoMore() throws IOException {
    Version first = register("{}", 1);
    Version second = register("{\"a\": 1}", 2);

    assertTrue(registry.delete("p", second.version()));
    assertFalse(registry.delete("p", second.version()));
    assertEquals(first, registry.resolve("p").orElseThrow());
    assertTrue(registry.delete("p", first.version()));
    assertTrue(registry.find("p").isEmpty());
    assertFalse(registry.delete("p"));
  }

  @Test
  void aCollectionLeavesAllThatAVersionNeeds() throws IOException {
    Version first = register("{}", 1);
    Version second = register("{\"a\": 1}", 2);
    Set<Artifact> kept = new HashSet<>();

    registry.addKept(kept);

    assertEquals(Set.of(SOURCE, Artifact.file(first.blob()), Artifact.file(second.blob())), kept);
  }

  @Test
  void versionsAreBounded() throws IOException {
    for (int i = 0; i < PipelineRegistry.MOST_VERSIONS; i++) {
      register("{\"a\": " + i + "}", i);
    }
    assertThrows(IllegalStateException.class, () -> register("{}", 1));
    assertEquals("p", register("{\"a\": 0}", 1).pipeline());
  }

  private List<String> versions() {
    return registry.find("p").orElseThrow().versions().stream().map(Version::version).toList();
  }

  private Version register(String document, long millis) throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(document);
    Content content = new Content(json, Map.of("file", SOURCE));
    return registry.register("p", content, "me", Instant.ofEpochMilli(millis));
  }
}
