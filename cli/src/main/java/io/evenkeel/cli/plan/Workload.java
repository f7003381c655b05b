package io.evenkeel.cli.plan;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.StepRule;
import org.jspecify.annotations.Nullable;

/**
 * A fleet and the run that it trains.
 *
 * @param devices the members of the run
 * @param participants the number of members that send a message each round
 * @param algorithm the algorithm
 * @param step the coordinator's step rule
 * @param compressor the devices' compressor, bound to the model's dimension
 * @param downlink the lossy downlink's compressor; null if the downlink is lossless
 * @param roundsPerHour the rounds that close in an hour
 * @param database the kind of database
 * @param store the kind of object store, for large values
 * @param replicas the number of coordinators
 */
record Workload(
        long devices,
        long participants,
        Preset algorithm,
        StepRule step,
        Compressor compressor,
        @Nullable Compressor downlink,
        double roundsPerHour,
        Database database,
        Store store,
        int replicas) {

    /** The databases. */
    enum Database {
        H2,
        POSTGRESQL
    }

    /** The kinds of object store, as {@code evenkeel.storage.kind} names them. */
    enum Store {
        FOLDER,
        DATABASE,
        S3
    }

    /** Returns the devices' error feedback. */
    FeedbackMethod feedback() {
        return algorithm.feedback();
    }

    long dimension() {
        return compressor.dimension();
    }

    /** Returns the maximum number of values in a message. */
    long values() {
        return compressor.maxCount();
    }

    /** Returns the number of vectors of d values that the coordinator keeps besides x and S. */
    int vectors() {
        return step.vectors() + (downlink == null ? 0 : 1);
    }

    double messagesPerHour() {
        return participants * roundsPerHour;
    }

    /** Returns the mean number of rounds between two messages of a device. */
    double roundsBetween() {
        return (double) devices / participants;
    }
}
