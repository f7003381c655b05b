package io.evenkeel.engine.draw;

import java.util.BitSet;

/**
 * The members asked in a round of a run that chooses them by attributes.
 *
 * @param eligible the number of members that the run's selector chose
 * @param asked the ordinals of the members asked; not to be modified
 */
public record RoundDraw(int eligible, BitSet asked) {}
