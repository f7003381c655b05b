/** Labelled data the trials learn from, and how it divides over devices. */
@NullMarked
package io.evenkeel.pilot.data;

import org.jspecify.annotations.NullMarked;
