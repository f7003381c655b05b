/** A coordinator that is a member of a run above: its devices' mean is the gradient that it reports there. */
@NullMarked
package io.evenkeel.coordinator.relay;

import org.jspecify.annotations.NullMarked;
