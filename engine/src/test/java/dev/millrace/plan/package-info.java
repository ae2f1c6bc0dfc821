/** Tests of plans. */
@NullMarked
package dev.millrace.plan;

import org.jspecify.annotations.NullMarked;
