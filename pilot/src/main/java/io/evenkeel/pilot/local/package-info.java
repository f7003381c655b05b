/** A coordinator and devices on this machine, talking over HTTP as they would anywhere. */
@NullMarked
package io.evenkeel.pilot.local;

import org.jspecify.annotations.NullMarked;
