/** How much one caller may ask for: rates, sizes and failed attempts. */
@NullMarked
package io.evenkeel.coordinator.limits;

import org.jspecify.annotations.NullMarked;
