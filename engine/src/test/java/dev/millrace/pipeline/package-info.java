/** Tests of the pipeline document. */
@NullMarked
package dev.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
