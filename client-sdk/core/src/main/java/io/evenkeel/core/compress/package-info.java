/** Contractive compressors: which coordinates are sent, and how their values are rounded. */
@NullMarked
package io.evenkeel.core.compress;

import org.jspecify.annotations.NullMarked;
