/** Rate limits: how much one caller, or one address, may ask of the coordinator. */
@NullMarked
package io.evenkeel.coordinator.limit;

import org.jspecify.annotations.NullMarked;
