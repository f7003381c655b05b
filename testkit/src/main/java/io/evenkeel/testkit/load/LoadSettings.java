package io.evenkeel.testkit.load;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.TensorLayout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a load run does.
 *
 * @param devices devices, each with a connection of its own
 * @param dimension d
 * @param compressor the plan's compressor, such as {@code top-k:0.01}; messages have as many entries as it allows
 * @param warmUp how long to load before anything is measured
 * @param duration how long to measure
 * @param messages how many accepted messages to measure at most; null for no bound
 * @param rate messages to offer in a second, whatever becomes of them: devices that have nothing new to say repeat their last
 *     message; null for devices that send once per round and come back when they are told to
 * @param ownPolls whether each device waits for its work by a request of its own, rather than one for all of them
 */
record LoadSettings(
        int devices,
        int dimension,
        String compressor,
        Duration warmUp,
        Duration duration,
        @Nullable Long messages,
        @Nullable Integer rate,
        boolean ownPolls) {

    /** Returns K, how many entries each message has. */
    int count() {
        return CompressorSpec.parse(compressor)
                .bind(TensorLayout.flat(dimension))
                .maxCount();
    }
}
