package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A resource that limits the rounds of a run.
 *
 * @param resource the exhausted resource
 * @param roundsPerHour the rate of rounds that exhausts it
 * @param remedy the remedy
 */
record Limit(String resource, double roundsPerHour, String remedy) {

    private static final double SECONDS = 3600;

    /** A link of 1 Gbit/s. */
    private static final double LINK = 125e6;

    /** Bytes per second that a disk writes and syncs. */
    private static final double DISK = 100e6;

    /** Returns the limits of a deployment, the lowest first. */
    static List<Limit> of(Estimate estimate) {
        Workload workload = estimate.workload();
        double rounds = workload.roundsPerHour();
        List<Limit> limits = new ArrayList<>();
        double processors = estimate.cores() * workload.replicas() * SECONDS;
        limits.add(new Limit(
                "the coordinators' processors",
                (processors - estimate.checkInSeconds()) / estimate.roundSeconds(),
                "give them more cores"));
        limits.add(new Limit(
                "the acceptance of messages, which is sequential in a run",
                SECONDS / (workload.participants() * estimate.messageSeconds()),
                "ask fewer devices in a round"));
        double bytes = Math.max(estimate.uplinkPerHour(), estimate.downlinkPerHour());
        limits.add(new Limit(
                "the network, with 1 Gbit/s for each coordinator",
                rounds * LINK * workload.replicas() * SECONDS / bytes,
                "add replicas, or send less with a lossy downlink"));
        if (workload.database() == Database.POSTGRESQL) {
            limits.add(new Limit(
                    "PostgreSQL's processors",
                    rounds * estimate.databaseCores() * SECONDS / estimate.databaseSeconds(),
                    "give it more cores"));
            limits.add(new Limit(
                    "PostgreSQL's write-ahead log, at 100 MB/s",
                    rounds * DISK * 24 * SECONDS / estimate.wal(),
                    "use a faster disk, or set evenkeel.storage.bucket or evenkeel.storage.folder"));
        }
        limits.sort(Comparator.comparingDouble(Limit::roundsPerHour));
        return limits;
    }
}
