package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PlanGraphTest {

  private static final String DOCUMENT =
      Documents.steps(
          """
          'list': {'command': ['l'], 'outputs': {'all': {'path': 'a', 'kind': 'json'}, 'raw': 'r'}},
          'month': {'forEach': {'from': 'list.all'}, 'command': ['m'],
                    'inputs': {'raw': {'from': 'list.raw'}}, 'outputs': {'x': 'x'}},
          'train': {'matrix': {'a': [1, 2]}, 'command': ['t'], 'outputs': {'model': 'm'}},
          'test': {'forEach': {'step': 'train'}, 'command': ['t'],
                   'inputs': {'model': {'from': 'train.model'}}},
          'done': {'command': ['d'], 'needs': ['test'], 'inputs': {'x': {'from': 'month.x'}}}
          """);

  @Test
  void drawsText() {
    assertEquals(
        """
        test: 5 steps, 6 tasks and those known only in the run
        list
        month (a task for each of list.all)    <- list.raw, list.all
        train (2 tasks)
        test (2 tasks, one for each of train)  <- train.model
        done                                   <- month.x, test
        """,
        PlanGraph.text(Documents.accepted(DOCUMENT)));
  }

  @Test
  void drawsMermaid() {
    assertEquals(
        """
        flowchart TD
          s0["list"]
          s1["month<br/>a task for each of list.all"]
          s2["train<br/>2 tasks"]
          s3["test<br/>2 tasks, one for each of train"]
          s4["done"]
          s0 -->|"raw, all"| s1
          s2 -->|"model"| s3
          s1 -->|"x"| s4
          s3 -.-> s4
        """,
        PlanGraph.mermaid(Documents.accepted(DOCUMENT)));
  }
}
