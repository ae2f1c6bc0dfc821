package dev.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract of the HTTP interface, {@code openapi.yaml}. */
final class Contract {
  /** The method of requests whose body is sent in pieces. */
  private static final String STREAMED = "put";

  private final Buffer text;

  private Contract(Buffer text) {
    this.text = text;
  }

  static Contract read() throws IOException {
    try (InputStream in = Contract.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IOException("the program is incomplete: openapi.yaml is missing");
      }
      return new Contract(Buffer.buffer(in.readAllBytes()));
    }
  }

  /** Returns it as it is served. */
  Buffer text() {
    return text;
  }

  /**
   * Returns what requests are checked against. That leaves out the forms of the answers, for Vert.x
   * refuses contracts that have answers of a media type unknown to it, such as problem details and
   * event streams; and what is sent in pieces, which is never in memory as a whole.
   */
  Future<OpenAPIContract> ofRequests(Vertx vertx) {
    Map<String, Object> parsed =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(text.toString());
    JsonObject contract = new JsonObject(parsed);
    contract.getJsonObject("components").remove("responses");
    JsonObject anything =
        new JsonObject().put("default", new JsonObject().put("description", "an answer"));
    JsonObject paths = contract.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      item.remove(STREAMED);
      for (String method : item.fieldNames()) {
        if (!method.equals("parameters")) {
          item.getJsonObject(method).put("responses", anything);
        }
      }
    }
    return OpenAPIContract.from(vertx, contract);
  }
}
