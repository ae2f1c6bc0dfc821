/** Tests of what starts runs by itself, in times that are made up. */
@NullMarked
package dev.millrace.automation;

import org.jspecify.annotations.NullMarked;
