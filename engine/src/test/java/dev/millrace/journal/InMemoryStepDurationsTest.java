package dev.millrace.journal;

class InMemoryStepDurationsTest extends StepDurationsTck {
  private final StepDurations durations = new InMemoryStepDurations();

  @Override
  protected StepDurations open() {
    return durations;
  }

  @Override
  protected StepDurations reopen() {
    return durations;
  }
}
