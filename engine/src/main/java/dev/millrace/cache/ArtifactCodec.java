package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The form of artifacts and digests within actions and results. */
final class ArtifactCodec {

  private ArtifactCodec() {}

  static void write(CanonicalWriter writer, SortedMap<String, Artifact> artifacts) {
    writer.beginObject();
    for (Map.Entry<String, Artifact> entry : artifacts.entrySet()) {
      Digest digest = entry.getValue().digest();
      writer.name(entry.getKey()).beginObject();
      writer.name("digest").value(digest.hex());
      writer.name("kind").value(entry.getValue().kind().label());
      writer.name("size").value(digest.size()).endObject();
    }
    writer.endObject();
  }

  static void write(CanonicalWriter writer, Digest digest) {
    writer.beginObject().name("digest").value(digest.hex());
    writer.name("size").value(digest.size()).endObject();
  }

  static SortedMap<String, Artifact> read(JsonObject object) {
    SortedMap<String, Artifact> artifacts = new TreeMap<>();
    for (String name : object.members().keySet()) {
      JsonObject artifact = Members.object(object, name);
      Artifact.Kind kind = Artifact.Kind.ofLabel(Members.text(artifact, "kind"));
      artifacts.put(name, new Artifact(kind, digest(artifact)));
    }
    return artifacts;
  }

  static Digest digest(JsonObject object) {
    return Digest.parse(Members.text(object, "digest"), Members.whole(object, "size"));
  }
}
