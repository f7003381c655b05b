package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.tools.RoundFigures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The evidence collected after a run.
 *
 * @param history the memberships over time
 * @param receipts all receipts, including repetitions
 * @param messages the bytes of all messages sent, by digest
 * @param masked the chain positions of masked vectors, by the salted digests of their messages
 * @param announced the sums of cohorts as the coordinator announced them to devices
 * @param recoveries how devices of a run with secure aggregation recovered from the loss of their disks
 * @param log the messages in the coordinator's export
 * @param rounds the round records
 * @param held the final chain state of each member on its device
 * @param kept the final chain state of each member at the coordinator
 * @param weights the weight of each member at the end, from the coordinator's export
 * @param audit the difference that the coordinator's own verification found, or empty
 * @param x the final model, d values
 * @param w the model that devices have at the end, d values; x without a lossy downlink
 * @param sum the final S, d values
 */
@SuppressWarnings("ArrayRecordComponent") // Read-only.
public record Evidence(
        History history,
        List<Accepted> receipts,
        Map<Long, byte[]> messages,
        Map<Long, MaskedHeader> masked,
        List<AnnouncedSum> announced,
        List<DiskRecovery> recoveries,
        List<Accepted> log,
        List<RoundFigures> rounds,
        Map<History.MembershipPeriod, ChainState> held,
        Map<History.MembershipPeriod, ChainState> kept,
        Map<History.MembershipPeriod, Double> weights,
        Optional<String> audit,
        double[] x,
        double[] w,
        double[] sum) {

    /** Returns the same evidence with another history of the same memberships. */
    Evidence with(History other) {
        return new Evidence(
                other,
                receipts,
                messages,
                masked,
                announced,
                recoveries,
                log,
                rounds,
                held,
                kept,
                weights,
                audit,
                x,
                w,
                sum);
    }

    /**
     * The messages in a cohort's sum, as the coordinator announced them to a device before it revealed anything.
     *
     * @param round the round
     * @param attempt the attempt, from 0
     * @param digests the salted digests of the messages, the device's own among them
     */
    public record AnnouncedSum(int round, int attempt, Set<Long> digests) {}

    /**
     * The position of a device's chain, as stored by the device or the coordinator.
     *
     * @param sequence the number of accepted messages
     * @param head the digest of the last one
     * @param memory g_i, d values
     */
    @SuppressWarnings("ArrayRecordComponent") // Compared value by value where needed, never with equals.
    public record ChainState(long sequence, long head, double[] memory) {}
}
