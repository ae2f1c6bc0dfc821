package dev.millrace.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpressionsTest {

  private static final JsonObject CHOICE =
      object(
          "auc",
          new JsonNumber(1),
          "list",
          new JsonArray(List.of(new JsonNumber(1), new JsonNumber(2.5))),
          "none",
          JsonNull.INSTANCE);

  private static final Map<String, JsonValue> VALUES =
      Map.of(
          "params",
          object(
              "seeds",
              new JsonNumber(3),
              "name",
              new JsonString("wine"),
              "rate",
              new JsonNumber(2),
              "fast",
              JsonBoolean.TRUE),
          "inputs",
          object(
              "my-data", new JsonString("inputs/my-data"), "code", new JsonString("inputs/code")),
          "steps",
          object("champion", object("outputs", object("choice", CHOICE))));

  private static final TypeScope TYPES =
      new TypeScope(
          Map.of(
              "params",
              new Members(
                  Map.of(
                      "seeds",
                      Simple.INTEGER,
                      "name",
                      Simple.STRING,
                      "rate",
                      Simple.NUMBER,
                      "fast",
                      Simple.BOOLEAN)),
              "inputs",
              new Members(Map.of("my-data", Simple.STRING, "code", Simple.STRING)),
              "steps",
              Simple.ANY),
          Map.of("matrix", "matrix is known only in a step with a matrix"));

  private final Expressions expressions = new Expressions();

  private static JsonObject object(Object... namesAndValues) {
    Map<String, JsonValue> members = new java.util.LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], (JsonValue) namesAndValues[i + 1]);
    }
    return JsonObject.of(members);
  }

  private String render(String template) throws ExpressionException {
    return expressions.template(template, TYPES).render(Scope.of(VALUES));
  }

  private String issue(String expression) {
    ExpressionException refused =
        assertThrows(
            ExpressionException.class,
            () -> expressions.expression(expression, TYPES).evaluate(Scope.of(VALUES)));
    return String.join("\n", refused.issues());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          params.seeds                                          | 3
          params.name                                           | wine
          params.fast                                           | true
          params.rate                                           | 2
          inputs["my-data"]                                     | inputs/my-data
          inputs['code']                                        | inputs/code
          steps.champion.outputs.choice.list[1]                 | 2.5
          steps.champion.outputs.choice.list                    | [1,2.5]
          params.seeds + 1                                      | 4
          params.seeds * 0.5                                    | 1.5
          params.rate * 1.5                                     | 3
          params.seeds > 0.5                                    | true
          params.seeds == 3.0                                   | true
          params.seeds != 3.5                                   | true
          steps.champion.outputs.choice.auc > 0.9               | true
          steps.champion.outputs.choice.auc * 100.0             | 100
          steps['champion'].outputs.choice.auc == 1             | true
          steps.champion.outputs.choice.list.exists(x, x > 2)   | true
          steps.champion.outputs.choice.list.all(x, x > 2)      | false
          steps.champion.outputs.choice.list.filter(x, x > 2)   | [2.5]
          steps.champion.outputs.choice.list.map(x, x * 2)      | [2,5]
          size(steps.champion.outputs.choice.list)              | 2
          has(steps.champion.outputs.choice.nope)               | false
          has(params.seeds)                                     | true
          params.fast ? "yes" : "no"                            | yes
          {"a": {"b": 1}}                                       | {"a":{"b":1}}
          "}} " + params.name                                   | }} wine
          params.name.upperAscii()                              | WINE
          inputs["my-data"] + "/x.csv"                          | inputs/my-data/x.csv
          """)
  void evaluates(String expression, String expected) throws ExpressionException {
    assertEquals(expected, render("${{ " + expression + " }}"));
    assertEquals("<" + expected + ">", render("<${{" + expression + "}}>"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          params.sedes              | params has no member sedes; did you mean "seeds"?
          params.sedes > 1          | params has no member sedes; did you mean "seeds"?
          parms.seeds               | there is no parms in expressions; did you mean "params"?
          params.seeds.x            | params.seeds is an integer and has no member x
          matrix.depth              | matrix is known only in a step with a matrix
          matrix.depth + 1          | matrix is known only in a step with a matrix
          params.name > 3           | in params.name > 3: > cannot be applied to (string, int)
          params.seeds ? 1 : 2      | in params.seeds ? 1 : 2: ?: cannot be applied to (int, int, int)
          steps.champion.outputs.choice.nope  | steps.champion.outputs.choice (object) has no member nope
          steps.champion.outputs.choice.list[2] | steps.champion.outputs.choice.list (array) has no member 2
          steps.champion.outputs.nope.x > 1 | in steps.champion.outputs.nope.x > 1: key 'nope' is not present in map.
          steps.champion.outputs.choice > 1 | in steps.champion.outputs.choice > 1: > cannot be applied to values of these types
          1 / 0                     | in 1 / 0: division by zero
          1e300 * 1e300             | in 1e300 * 1e300: it gives the number Infinity, which JSON cannot hold
          duration("1s")            | duration("1s") gives a google.protobuf.Duration, not a JSON value; write string(duration("1s"))
          """)
  void saysWhatIsWrong(String expression, String message) {
    assertEquals(message, issue(expression));
  }

  @Test
  void refusesSyntaxErrorsAndHintsAtHyphens() {
    assertTrue(issue("params.seeds +").startsWith("in params.seeds +: "));
    assertTrue(issue("inputs.my-data").contains("inputs[\"my-data\"]"), issue("inputs.my-data"));
    assertEquals("an expression is missing here", issue("  "));
  }

  @Test
  void readsAllReferencesOnce() throws ExpressionException {
    assertEquals(
        List.of(
            List.of("steps", "champion", "outputs", "choice", "auc"),
            List.of("params", "seeds"),
            List.of("steps", "champion", "status")),
        expressions
            .expression(
                "steps.champion.outputs['choice'].auc > params.seeds && [1].all(i, i >"
                    + " params.seeds) && has(steps.champion.status)",
                TYPES)
            .references());
  }

  @Test
  void localVariablesAreNoReferences() throws ExpressionException {
    Expression expression = expressions.expression("[1, 2].map(params, params * 2)", TYPES);
    assertEquals(List.of(), expression.references());
    assertEquals(
        new JsonArray(List.of(new JsonNumber(2), new JsonNumber(4))),
        expression.evaluate(Scope.EMPTY));
  }

  @Test
  void plainNamesNeedNoLanguage() throws ExpressionException {
    assertInstanceOf(Reference.class, expressions.expression("params.seeds", TYPES));
    assertInstanceOf(CelExpression.class, expressions.expression("true", TYPES));
  }

  @Test
  void equalExpressionsAreCompiledOnce() throws ExpressionException {
    TypeScope otherInputs =
        new TypeScope(
            Map.of(
                "params",
                TYPES.roots().getOrDefault("params", Simple.ANY),
                "inputs",
                new Members(Map.of("code", Simple.STRING, "raw", Simple.STRING)),
                "steps",
                Simple.ANY),
            Map.of());
    String text = "inputs.code + '/a'";
    assertEquals(expressions.expression(text, TYPES), expressions.expression(text, otherInputs));
    assertThrows(
        ExpressionException.class,
        () -> expressions.expression("inputs['my-data'] + '/a'", otherInputs));
  }

  @Test
  void conditionsAreBoolean() throws ExpressionException {
    assertEquals(
        JsonBoolean.TRUE,
        expressions.condition("${{ params.seeds > 1 }}", TYPES).evaluate(Scope.of(VALUES)));
    ExpressionException refused =
        assertThrows(ExpressionException.class, () -> expressions.condition("params.seeds", TYPES));
    assertEquals(
        "the condition params.seeds is not a boolean; write a comparison", refused.getMessage());
  }

  @Test
  void templatesMixTextAndExpressions() throws ExpressionException {
    assertEquals("a3b wine", render("a${{params.seeds}}b ${{ params.name }}"));
    assertEquals("${{ no }} 3", render("$${{ no }} ${{ params.seeds }}"));
    assertEquals("$3 }} {{ $ ${x}", render("${{ '$' }}3 }} {{ $ ${x}"));
    assertTrue(expressions.template("no }} {{ $x", TYPES).isConstant());
  }

  @Test
  void templatesReportAllIssuesAtOnce() {
    ExpressionException refused =
        assertThrows(
            ExpressionException.class, () -> render("${{ params.x }} ${{ nope }} ${{ 'a' > 1 }}"));
    assertEquals(3, refused.issues().size(), refused.getMessage());
    assertThrows(ExpressionException.class, () -> render("${{ params.seeds"));
    assertThrows(
        ExpressionException.class, () -> render("${{ steps.champion.outputs.choice.none }}"));
  }
}
