package dev.millrace.pipeline;

/**
 * A result of the whole pipeline.
 *
 * @param name under which it is offered
 * @param step id of the step that makes it
 * @param output name of that step's output
 */
public record PipelineOutput(String name, String step, String output) {}
