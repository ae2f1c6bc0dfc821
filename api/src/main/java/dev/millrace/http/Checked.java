package dev.millrace.http;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Routes by the contract. Whether somebody may ask is found out before what is asked is checked, so
 * that who may not learns nothing else.
 */
final class Checked {
  private final OpenAPIContract contract;
  private final RouterBuilder builder;
  private final RequestExtractor extractor = RequestExtractor.withBodyHandler();
  private final RequestValidator validator;

  Checked(Vertx vertx, OpenAPIContract contract) {
    this.contract = contract;
    builder = RouterBuilder.create(vertx, contract, extractor);
    validator = RequestValidator.create(vertx, contract);
  }

  /**
   * Routes one operation.
   *
   * @param id of the operation
   * @param admission throws where the caller may not ask
   * @param operation called with a request that keeps the contract
   */
  void route(String id, Consumer<RoutingContext> admission, Consumer<RoutingContext> operation) {
    Operation described = Objects.requireNonNull(contract.operation(id), id);
    Objects.requireNonNull(builder.getRoute(id), id)
        .setDoValidation(false)
        .addHandler(
            context -> {
              admission.accept(context);
              extractor
                  .extractValidatableRequest(context, described)
                  .compose(request -> validator.validate(request, id))
                  .map(
                      request -> {
                        operation.accept(context);
                        return request;
                      })
                  .onFailure(context::fail);
            });
  }

  Router router() {
    return builder.createRouter();
  }

  /** Returns what is wrong, and all of it where there is more than one thing. */
  static String detail(ValidatorException wrong) {
    StringBuilder all = new StringBuilder(String.valueOf(wrong.getMessage()));
    if (wrong instanceof SchemaValidationException schema
        && schema.getOutputUnit() != null
        && schema.getOutputUnit().getErrors() != null) {
      for (OutputUnit error : schema.getOutputUnit().getErrors()) {
        if (all.indexOf(error.getError()) < 0) {
          all.append("; ").append(error.getInstanceLocation()).append(": ");
          all.append(error.getError());
        }
      }
    }
    return all.toString();
  }
}
