package dev.millrace.client;

/** Is told how far the sending of blobs is. Called on a thread that must not wait. */
@FunctionalInterface
public interface UploadListener {
  /** Listens to nothing. */
  UploadListener NONE = (sent, blobs, sentBytes, bytes) -> {};

  /**
   * Called at the beginning and as blobs are sent.
   *
   * @param sent number of blobs that were sent
   * @param blobs number of those that have to be
   * @param sentBytes bytes of those that were sent
   * @param bytes of all that have to be
   */
  void sent(int sent, int blobs, long sentBytes, long bytes);
}
