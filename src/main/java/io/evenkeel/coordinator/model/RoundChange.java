package io.evenkeel.coordinator.model;

import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.RoundUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a closed round.
 *
 * @param update the change of S and the step
 * @param delta the change of the devices' model, or the next model itself with the step {@code upstream};
 *     null if the run has neither that step nor a lossy downlink
 */
public record RoundChange(RoundUpdate update, @Nullable ModelDelta delta) {}
