package dev.millrace.plan;

/** Into which tasks a step unfolds. */
public sealed interface Fan {

  /**
   * Tasks that are known before the run. They are made when asked for: a large fan costs nothing.
   */
  sealed interface Fixed extends Fan permits One, Combinations, Values {

    /** Returns the number of tasks, which may be 0. */
    int size();

    /**
     * Returns what makes task {@code index} different.
     *
     * @param index from 0, less than {@link #size}
     */
    Instance instance(int index);
  }

  /** One task. */
  record One() implements Fixed {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public Instance instance(int index) {
      return Instance.ONLY;
    }
  }

  /**
   * One task for each task of another step: task i of this one has the {@link Instance} of task i
   * of that one.
   *
   * @param step index of the step that is named in {@code forEach}
   * @param root index of the step in which the fan-out begins: {@code step} itself, or the root of
   *     its own fan where that is of this kind too
   */
  record LikeStep(int step, int root) implements Fan {}

  /**
   * One task for each element of a JSON array that the run makes; {@link Values#of} gives the tasks
   * once it is there.
   *
   * @param step index of the step that makes it, which has one task
   * @param output name of that step's output
   */
  record AtRunTime(int step, String output) implements Fan {}
}
