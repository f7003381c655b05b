/** Robust sums, whose direction no single device determines; used by the coordinator and by simulations. */
@NullMarked
package io.evenkeel.core.robust;

import org.jspecify.annotations.NullMarked;
