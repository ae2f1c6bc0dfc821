/** The content store: blobs and trees named by digest. */
@NullMarked
package dev.millrace.content;

import org.jspecify.annotations.NullMarked;
