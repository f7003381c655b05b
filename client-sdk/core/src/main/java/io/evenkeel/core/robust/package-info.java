/** Sums in which no single device decides the direction, in the coordinator and in simulations alike. */
@NullMarked
package io.evenkeel.core.robust;

import org.jspecify.annotations.NullMarked;
