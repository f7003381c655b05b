/** Chooses devices: their attributes, selectors over these, and parts and turns drawn by a seed. */
@NullMarked
package io.evenkeel.engine.selection;

import org.jspecify.annotations.NullMarked;
