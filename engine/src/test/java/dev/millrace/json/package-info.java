/** Tests of reading and writing JSON. */
@NullMarked
package dev.millrace.json;

import org.jspecify.annotations.NullMarked;
