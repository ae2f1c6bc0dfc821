/**
 * JSON values, reading with places, and canonical writing (RFC 8785). The only package that sees
 * Jackson.
 */
@NullMarked
package dev.millrace.json;

import org.jspecify.annotations.NullMarked;
