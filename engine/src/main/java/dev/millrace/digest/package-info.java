/** Content names: SHA-256 digests and their text forms. Knows nothing of the other packages. */
@NullMarked
package dev.millrace.digest;

import org.jspecify.annotations.NullMarked;
