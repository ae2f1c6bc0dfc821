package dev.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.client.ClientConfig;
import dev.millrace.client.DocumentException;
import dev.millrace.client.Millrace;
import dev.millrace.client.MillraceClient;
import dev.millrace.client.Run;
import dev.millrace.client.SubmitRequest;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.RunListener;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that docs/java-client.md shows, and that it shows what is run here. */
class JavaGuideTest {
  @TempDir private Path folder;

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  // begin: client
  static Future<List<String>> greet(MillraceClient client, Path target) {
    JsonObject pipeline =
        (JsonObject)
            JsonReader.read(
                """
                {"version": 1, "name": "hello",
                 "params": {"who": {"type": "string", "default": "world"}},
                 "steps": {"greet": {
                   "script": "echo hello ${{ params.who }} > greeting.txt",
                   "outputs": {"text": "greeting.txt"}}},
                 "outputs": {"greeting": {"from": "greet.text"}}}
                """);
    List<String> seen = new ArrayList<>();
    return client
        .submit(SubmitRequest.of(pipeline, Map.of()))
        .compose(
            (Run run) ->
                client
                    .follow(
                        run.id(),
                        0,
                        event -> {
                          seen.add(event.type());
                          return Future.succeededFuture(); // ready for the next one
                        })
                    .compose(_ -> client.outputs(run.id())))
        .compose(
            outputs ->
                client.download(Objects.requireNonNull(outputs.get("greeting")).digest(), target))
        .map(_ -> seen);
  }

  // end: client

  @Test
  void theClientGreets() throws IOException {
    try (MillraceServer server = ServerClient.server(folder.resolve("state"));
        MillraceClient client =
            MillraceClient.create(ClientConfig.of("http://127.0.0.1:" + server.port()))) {
      Path target = folder.resolve("greeting.txt");
      List<String> seen = get(greet(client, target));
      assertEquals("dev.millrace.run.finished", seen.getLast());
      assertEquals("hello world\n", Files.readString(target));
    }
  }

  // begin: embedded
  static Future<byte[]> count(Millrace millrace, Path document) {
    return millrace
        .run(document, Map.of("n", new JsonNumber(3)), RunListener.NONE)
        .compose(run -> run.done())
        .compose(end -> millrace.read(Objects.requireNonNull(end.outputs().get("n"))));
  }

  // end: embedded

  @Test
  void theEngineRunsWithinAProgram() throws IOException {
    Files.writeString(folder.resolve("p.json"), RunVerbTest.TWO_STEPS);
    Files.writeString(folder.resolve("in.txt"), "hello\n");
    try (Millrace millrace = Millrace.open(folder.resolve(".millrace"))) {
      assertEquals(
          "{\"n\": 3}\n", new String(get(count(millrace, folder.resolve("p.json"))), UTF_8));
      var run = get(millrace.run(folder.resolve("p.json"), Map.of(), RunListener.NONE));
      var end = get(run.done());
      assertEquals(RunStatus.SUCCEEDED, end.status());
      Path text =
          get(
              millrace.export(
                  Objects.requireNonNull(end.outputs().get("text")), folder.resolve("text.txt")));
      assertEquals("hello\n", Files.readString(text));
      Files.writeString(folder.resolve("bad.json"), "{\"version\": 1, \"name\": \"x\"}");
      CompletionException failure =
          assertThrows(
              CompletionException.class,
              () -> get(millrace.run(folder.resolve("bad.json"), Map.of(), RunListener.NONE)));
      assertInstanceOf(DocumentException.class, failure.getCause());
    }
  }

  @Test
  void theGuideShowsWhatIsRunHere() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("docs")) ? here : here.resolve("..");
    String guide = Files.readString(root.resolve("docs/java-client.md"));
    String source =
        Files.readString(
            root.resolve(
                "api/src/test/java/dev/millrace/cli/" + getClass().getSimpleName() + ".java"));
    for (String part : List.of("client", "embedded")) {
      String shown = source.split("// (begin|end): " + part + "\n")[1].stripIndent().strip();
      assertTrue(guide.contains(shown), "docs/java-client.md must show:\n" + shown);
    }
  }
}
