package io.evenkeel.coordinator.integrity;

import io.swagger.v3.oas.annotations.media.Schema;

/**
 * What an audit of a run found. Damaged data is not reported here: it is refused as {@code storage-damaged}.
 *
 * @param run the run's name
 * @param round k: S is that before round k is closed
 * @param members whose g_i are in S
 * @param messages how many messages' payloads were read
 * @param snapshots how many snapshots were read, in place of earlier messages
 * @param checksums how many digests were verified
 * @param largestSum the largest |S_j|
 * @param absoluteDifference the largest |S_j - sum_i w_i g_ij|
 * @param relativeDifference the same, divided by the largest |S_j|; 0 if both are 0
 * @param coordinate where the difference is largest
 * @param agrees whether the relative difference is at most 1e-9: additions in another order differ by about 1e-16 times the number
 *     of messages
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
        boolean agrees) {}
