/** Tests of expressions and templates. */
@NullMarked
package dev.millrace.expression;

import org.jspecify.annotations.NullMarked;
