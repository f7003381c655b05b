/** Coordinators and devices in JVMs of their own. */
@NullMarked
package io.evenkeel.pilot.process;

import org.jspecify.annotations.NullMarked;
