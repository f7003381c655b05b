/** Time: elapsed time, and a time that does not follow jumps of the system's clock. */
@NullMarked
package io.evenkeel.coordinator.platform.time;

import org.jspecify.annotations.NullMarked;
