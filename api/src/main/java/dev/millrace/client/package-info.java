/**
 * Millrace for programs in Java: a client of a server, and the engine within a program. What
 * answers later is a {@code Future} of Vert.x. Knows nothing of the command line.
 */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
