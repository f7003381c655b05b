package io.evenkeel.coordinator.draw;

import java.util.BitSet;

/**
 * The members that a round asks, in a run that chooses them by attributes.
 *
 * @param eligible how many members the run's selector chose
 * @param asked the ordinals of those asked; not to be changed
 */
public record RoundDraw(int eligible, BitSet asked) {}
