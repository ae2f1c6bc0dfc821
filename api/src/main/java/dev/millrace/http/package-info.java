/** The HTTP door: the engine as a service. The contract is {@code openapi.yaml}. */
@NullMarked
package dev.millrace.http;

import org.jspecify.annotations.NullMarked;
