package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an executor does not offer is said when the document is checked. */
class ExecutorOfferTest {
  private static final String DOCUMENT =
      """
      {"version": 1, "name": "p", "steps": {
        "a": {"script": "a"},
        "b": {"script": "b", "executor": "docker", "image": "tools"},
        "c": {"script": "c", "executor": "docker", "image": "tools",
              "container": {"network": "intranet"}}}}\
      """;

  @Test
  void anExecutorThatIsNotThereIsSaidOnceWithAllItsSteps() {
    List<Problem> problems = problems(new Offer(Optional.of("no engine answers; start one")));
    assertEquals("executor-unavailable", problems.getFirst().code());
    assertEquals("/steps/b/executor", problems.getFirst().pointer());
    assertEquals(
        "steps b, c cannot run on the executor \"docker\": no engine answers; start one",
        problems.getFirst().message());
    assertEquals(2, problems.size());
  }

  @Test
  void whatIsNotAllowedIsSaidWhereItIsWritten() {
    List<Problem> problems = problems(new Offer(Optional.empty()));
    assertEquals(1, problems.size());
    assertEquals("not-allowed", problems.getFirst().code());
    assertEquals("/steps/c/container", problems.getFirst().pointer());
  }

  private static List<Problem> problems(ExecutorOffer docker) {
    Planned planned =
        DocumentPlanner.plan(
            DOCUMENT,
            pipeline ->
                new PlanRequest(
                    pipeline,
                    Map.of(),
                    Map.of(),
                    Map.of("local", ExecutorOffer.of(ImageUse.NONE), "docker", docker),
                    PathProbe.ANY));
    return assertInstanceOf(Planned.Refused.class, planned).problems();
  }

  private record Offer(Optional<String> reason) implements ExecutorOffer {
    @Override
    public ImageUse images() {
      return ImageUse.REQUIRED;
    }

    @Override
    public Optional<String> unavailable() {
      return reason;
    }

    @Override
    public List<String> objections(ContainerSpec container) {
      return container.network().equals("intranet") ? List.of("not that network") : List.of();
    }
  }
}
