/** Verification of the sum S against the accepted messages. */
@NullMarked
package io.evenkeel.coordinator.integrity;

import org.jspecify.annotations.NullMarked;
