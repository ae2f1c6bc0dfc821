package dev.millrace.runtime;

import dev.millrace.executor.ImagePin;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.util.function.Consumer;

/** Finds out what the names of images stand for. */
interface ImageSource {

  /**
   * Finds out what a name stands for, which may take as long as a pull. Returns at once.
   *
   * @param progress told how a pull goes, in short sentences for people; from any thread
   * @param answer told what came of it, once; from any thread
   */
  void pin(ImageName name, Pull pull, Consumer<String> progress, Consumer<ImagePin> answer);
}
