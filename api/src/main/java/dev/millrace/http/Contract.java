package dev.millrace.http;

import dev.millrace.access.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract of the HTTP interface, {@code openapi.yaml}. */
final class Contract {
  /** The operation whose body is sent in pieces, by its path and method. */
  private static final String STREAMED_PATH = "/v1/blobs/{digest}";

  private static final String STREAMED = "put";

  /** The name of the security scheme whose scopes are roles. */
  private static final String SCHEME = "token";

  private final Buffer text;
  private final Buffer ofEvents;
  private final JsonObject parsed;

  private Contract(Buffer text, Buffer ofEvents) {
    this.text = text;
    this.ofEvents = ofEvents;
    Map<String, Object> yaml =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(text.toString());
    parsed = new JsonObject(yaml);
  }

  static Contract read() throws IOException {
    return new Contract(text("openapi.yaml"), text("asyncapi.yaml"));
  }

  private static Buffer text(String name) throws IOException {
    try (InputStream in = Contract.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program is incomplete: " + name + " is missing");
      }
      return Buffer.buffer(in.readAllBytes());
    }
  }

  /** Returns it as it is served. */
  Buffer text() {
    return text;
  }

  /** Returns what is promised of events and of the event bus, {@code asyncapi.yaml}. */
  Buffer ofEvents() {
    return ofEvents;
  }

  /**
   * Returns which roles may ask for each operation, by its id: any of them will do, and so will
   * those that include one. Empty where nobody needs a token.
   *
   * @throws IllegalStateException if an operation does not say
   */
  Map<String, Set<Role>> roles() {
    Map<String, Set<Role>> roles = new HashMap<>();
    JsonObject paths = parsed.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        if (!method.equals("parameters")) {
          JsonObject operation = item.getJsonObject(method);
          roles.put(operation.getString("operationId"), roles(operation));
        }
      }
    }
    return roles;
  }

  private static Set<Role> roles(JsonObject operation) {
    JsonArray security = operation.getJsonArray("security");
    if (security == null) {
      throw new IllegalStateException(operation.getString("operationId") + " has no security");
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (int i = 0; i < security.size(); i++) {
      for (Object label : security.getJsonObject(i).getJsonArray(SCHEME)) {
        Role role = Role.of(label.toString());
        if (role == null) {
          throw new IllegalStateException("the contract has no role " + label);
        }
        roles.add(role);
      }
    }
    return roles;
  }

  /**
   * Returns what requests are checked against. That leaves out the forms of the answers, for Vert.x
   * refuses contracts that have answers of a media type unknown to it, such as problem details and
   * event streams; what is sent in pieces, which is never in memory as a whole; and what takes
   * nothing that could be checked, the probes.
   */
  Future<OpenAPIContract> ofRequests(Vertx vertx) {
    JsonObject contract = parsed.copy();
    contract.getJsonObject("components").remove("responses");
    contract.getJsonObject("components").remove("securitySchemes");
    JsonObject anything =
        new JsonObject().put("default", new JsonObject().put("description", "an answer"));
    JsonObject paths = contract.getJsonObject("paths");
    paths.fieldNames().removeIf(path -> !path.startsWith("/v1/"));
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      if (path.equals(STREAMED_PATH)) {
        item.remove(STREAMED);
      }
      for (String method : item.fieldNames()) {
        if (!method.equals("parameters")) {
          item.getJsonObject(method).put("responses", anything).remove("security");
        }
      }
    }
    return OpenAPIContract.from(vertx, contract);
  }
}
