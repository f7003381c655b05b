package io.evenkeel.testkit.load;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.TensorLayout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a load test.
 *
 * @param devices the number of devices, each with its own connection
 * @param dimension d
 * @param compressor the run's compressor, such as {@code top-k:0.01}; messages have the maximum number of entries
 * @param robust bounds what one device adds to the sum, such as {@code clip:2}; null for the plain sum
 * @param warmUp the time of load before the measurement
 * @param duration the duration of the measurement
 * @param messages the maximum number of accepted messages to measure; null for no limit
 * @param rate the number of messages to offer per second, regardless of responses: devices without a new
 *     message repeat their last one; null for devices that send once per round and follow Retry-After
 * @param ownPolls whether each device has its own long poll, instead of one for all devices
 */
record LoadSettings(
        int devices,
        int dimension,
        String compressor,
        @Nullable String robust,
        Duration warmUp,
        Duration duration,
        @Nullable Long messages,
        @Nullable Integer rate,
        boolean ownPolls) {

    /** Returns K, the number of entries of each message. */
    int count() {
        return CompressorSpec.parse(compressor)
                .bind(TensorLayout.flat(dimension))
                .maxCount();
    }
}
