package dev.millrace.http;

import dev.millrace.access.Principal;
import dev.millrace.bus.Desk;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.impl.RequestParameterImpl;
import io.vertx.openapi.validation.impl.ValidatableRequestImpl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers on the event bus by the operations of HTTP, under the same contract. A message has one
 * body: its members that the contract knows as parameters of the path or of the query are those;
 * the others are the body.
 */
final class BusDesk implements Desk {
  private static final String JSON = "application/json";

  private final Callers callers;
  private final OpenAPIContract contract;
  private final RequestValidator validator;
  private final Waiting waiting;
  private final Map<String, Api.Operation> operations;

  /**
   * @param contract that requests must keep
   */
  BusDesk(Vertx vertx, Callers callers, OpenAPIContract contract, RunOperations operations) {
    this.callers = callers;
    this.contract = contract;
    validator = RequestValidator.create(vertx, contract);
    waiting = new Waiting(vertx);
    this.operations =
        Map.of(
            "submitRun", operations::submit,
            "listRuns", operations::list,
            "getRun", operations::get,
            "cancelRun", operations::cancel,
            "retryRun", operations::retry,
            "approveTask", operations::approve,
            "readEvents", operations::events);
  }

  @Override
  public Future<Answer> ask(Question question) {
    return Future.succeededFuture(question)
        .compose(this::answer)
        .recover(failure -> Future.succeededFuture(Api.problem(failure)))
        .map(reply -> new Answer(reply.status(), Buffer.buffer(reply.body())));
  }

  private Future<Reply> answer(Question question) {
    Principal principal = admitted(question.authorization(), question.operation());
    Operation described =
        Objects.requireNonNull(contract.operation(question.operation()), question.operation());
    Api.Operation operation =
        Objects.requireNonNull(operations.get(question.operation()), question.operation());
    Parts parts = new Parts(described, question);
    Request request = parts.request(principal, question.idempotencyKey());
    return validator
        .validate(parts.toBeChecked(), question.operation())
        .compose(_ -> waiting.call(() -> operation.answer(request)));
  }

  private Principal admitted(@Nullable String authorization, String operation) {
    Principal principal = callers.find(authorization);
    if (principal == null) {
      throw ApiException.unauthorized();
    }
    callers.admit(principal, operation);
    return principal;
  }

  @Override
  public @Nullable Answer refusal(@Nullable String authorization, String operation) {
    try {
      admitted(authorization, operation);
      return null;
    } catch (ApiException e) {
      return new Answer(e.status(), Buffer.buffer(Reply.problem(e).body()));
    }
  }

  @Override
  public boolean knows(@Nullable String authorization) {
    return callers.find(authorization) != null;
  }

  @Override
  public Answer problem(int status, String detail) {
    return new Answer(status, Buffer.buffer(Reply.problem(status, detail).body()));
  }

  /** A message, taken apart as the contract of its operation says. */
  private static final class Parts {
    private final Map<String, String> path = new HashMap<>();
    private final Map<String, List<String>> query = new HashMap<>();
    private final Map<String, RequestParameter> rawHeaders = new HashMap<>();
    private final Map<String, RequestParameter> rawPath = new HashMap<>();
    private final Map<String, RequestParameter> rawQuery = new HashMap<>();
    private final JsonObject rest;

    Parts(Operation described, Question question) {
      rest = question.body().copy();
      for (Parameter parameter : described.getParameters()) {
        String name = parameter.getName();
        if (parameter.getIn() == Location.HEADER) {
          if (name.equals("Idempotency-Key")) {
            rawHeaders.put(name, new RequestParameterImpl(question.idempotencyKey()));
          }
        } else if (rest.containsKey(name)) {
          take(parameter, texts(name, rest.remove(name)));
        }
      }
    }

    private void take(Parameter parameter, List<String> values) {
      String name = parameter.getName();
      if (parameter.getIn() == Location.PATH) {
        path.put(name, values.getFirst());
        rawPath.put(name, new RequestParameterImpl(values.getFirst()));
        return;
      }
      query.put(name, values);
      boolean isList = parameter.getSchemaType() == SchemaType.ARRAY;
      String raw = isList ? name + "=" + String.join("&" + name + "=", values) : values.getFirst();
      rawQuery.put(name, new RequestParameterImpl(raw));
    }

    private static List<String> texts(String name, @Nullable Object value) {
      List<String> texts = new ArrayList<>();
      switch (value) {
        case String text -> texts.add(text);
        case Number number -> texts.add(number.toString());
        case Boolean yes -> texts.add(yes.toString());
        case JsonArray list -> list.forEach(element -> texts.add(String.valueOf(element)));
        case null, default -> {}
      }
      if (texts.isEmpty()) {
        throw ApiException.badRequest(name + " must be a text, a number, a boolean or a list");
      }
      return texts;
    }

    Request request(Principal principal, @Nullable String idempotencyKey) {
      byte[] body = rest.isEmpty() ? new byte[0] : rest.toBuffer().getBytes();
      return new Request(principal, path, query, idempotencyKey, body);
    }

    ValidatableRequestImpl toBeChecked() {
      RequestParameter body = rest.isEmpty() ? null : new RequestParameterImpl(rest.toBuffer());
      return new ValidatableRequestImpl(Map.of(), rawHeaders, rawPath, rawQuery, body, JSON);
    }
  }
}
