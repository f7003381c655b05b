package io.evenkeel.client;

/** Evaluates a version of a registered model on data of the device. Only the metrics are sent. */
@FunctionalInterface
public interface VersionEvaluator {

    /**
     * Evaluates a version. During a roll-out it is called for the new version and for the one in use, which
     * must be evaluated on the same data: the coordinator compares the two, device by device.
     *
     * @param version the version
     * @return the metrics and their number of samples
     * @throws Exception if it fails; the new version is then reported as failed, and the device keeps the one in use;
     *     {@link OutOfMemoryError}, {@link StackOverflowError} and {@link LinkageError} have the same effect
     */
    VersionMetrics evaluate(FollowedVersion version) throws Exception;
}
