/**
 * The expressions and templates of documents: plain references, resolved directly, and the Common
 * Expression Language for the rest. The only package that sees dev.cel, which is loaded when the
 * first expression needs it. Knows nothing of steps, plans or runs.
 */
@NullMarked
package dev.millrace.expression;

import org.jspecify.annotations.NullMarked;
