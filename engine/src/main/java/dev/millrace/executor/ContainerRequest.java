package dev.millrace.executor;

import dev.millrace.pipeline.ContainerSpec;

/**
 * The container that an attempt is to run in.
 *
 * @param image as the document names it, for people
 * @param imageId what the name stood for when the attempt's key was made: the only name by which
 *     the executor may use the image. From {@link ImagePin.Pinned}
 * @param spec how the container is to be
 */
public record ContainerRequest(String image, String imageId, ContainerSpec spec) {}
