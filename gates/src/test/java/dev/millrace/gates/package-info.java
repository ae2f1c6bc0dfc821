/** What the source tree must look like. Reads files and classes; knows nothing of what they do. */
@NullMarked
package dev.millrace.gates;

import org.jspecify.annotations.NullMarked;
