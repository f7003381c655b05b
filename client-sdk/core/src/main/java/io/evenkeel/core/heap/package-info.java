/**
 * The heap of a coordinator: its shares, and the needs of a run. The coordinator and {@code evenkeel plan} both compute
 * with it.
 */
@NullMarked
package io.evenkeel.core.heap;

import org.jspecify.annotations.NullMarked;
