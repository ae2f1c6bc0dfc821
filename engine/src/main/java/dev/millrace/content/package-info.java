/**
 * The content store: blobs and trees named by digest. Knows nothing of pipelines, tasks or runs.
 */
@NullMarked
package dev.millrace.content;

import org.jspecify.annotations.NullMarked;
