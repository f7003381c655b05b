/** Commands that move runs between coordinators and back them up. */
@NullMarked
package io.evenkeel.pilot.transfer;

import org.jspecify.annotations.NullMarked;
