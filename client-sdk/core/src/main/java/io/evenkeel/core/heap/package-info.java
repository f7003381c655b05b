/**
 * The heap of a coordinator: its shares, and the memory that a run needs. Both the coordinator and
 * {@code evenkeel plan} use it.
 */
@NullMarked
package io.evenkeel.core.heap;

import org.jspecify.annotations.NullMarked;
