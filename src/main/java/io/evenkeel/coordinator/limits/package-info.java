/** Limits on the requests of each caller: rates, sizes and failed attempts. */
@NullMarked
package io.evenkeel.coordinator.limits;

import org.jspecify.annotations.NullMarked;
