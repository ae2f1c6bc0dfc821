/**
 * Runs the examples and the images as their users do. Knows the command line and the files it
 * leaves; knows nothing of the engine behind it.
 */
@NullMarked
package dev.millrace.examples;

import org.jspecify.annotations.NullMarked;
