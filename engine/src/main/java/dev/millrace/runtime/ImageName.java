package dev.millrace.runtime;

/**
 * The name of an image, and the executor that knows what it stands for.
 *
 * @param image as the document has it
 */
record ImageName(String executor, String image) {}
