package dev.millrace.executor;

/** What came of finding out what the name of an image stands for. */
public sealed interface ImagePin {

  /**
   * The image is here.
   *
   * @param imageId names its content, such as {@code sha256:…}: part of the keys of actions
   */
  record Pinned(String imageId) implements ImagePin {}

  /**
   * The image cannot be had: there is none of that name, or it may not be pulled.
   *
   * @param message says what to do about it
   */
  record Refused(String message) implements ImagePin {}

  /** Nothing can be said at the moment; it is to be asked again. */
  record Unavailable(String message) implements ImagePin {}
}
