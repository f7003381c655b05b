package io.evenkeel.coordinator.integrity;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The result of verifying a run. Damaged data is not reported here; it causes the problem
 * {@code storage-damaged}.
 *
 * @param run the run's name
 * @param round k: S is the sum before round k is closed
 * @param members the number of members whose g_i are in S
 * @param messages the number of messages read
 * @param snapshots the number of snapshots read, which replace earlier messages
 * @param checksums the number of digests verified
 * @param largestSum the largest |S_j|
 * @param absoluteDifference the largest |S_j - sum_i w_i g_ij|
 * @param relativeDifference the same, divided by the largest |S_j|; 0 if both are 0
 * @param coordinate the coordinate of the largest difference
 * @param agrees whether the relative difference is at most 1e-9: adding in a different order changes the sum
 *     by about 1e-16 times the number of messages
 * @param chain the report on the run's hash chain, which matches
 */
@Schema(name = "SumVerificationReport")
public record SumVerificationReport(
        String run,
        int round,
        int members,
        long messages,
        long snapshots,
        long checksums,
        double largestSum,
        double absoluteDifference,
        double relativeDifference,
        int coordinate,
        boolean agrees,
        @Nullable ChainReport chain) {

    SumVerificationReport with(ChainReport checked) {
        return new SumVerificationReport(
                run,
                round,
                members,
                messages,
                snapshots,
                checksums,
                largestSum,
                absoluteDifference,
                relativeDifference,
                coordinate,
                agrees,
                checked);
    }
}
