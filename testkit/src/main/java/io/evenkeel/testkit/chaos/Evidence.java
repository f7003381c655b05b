package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.RoundFigures;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known after a run.
 *
 * @param history who was a member when
 * @param receipts every receipt that was given, repetitions included
 * @param messages what was sent, by digest
 * @param log the messages in the coordinator's database, as its export has them
 * @param rounds the records of its rounds
 * @param held where each member stands at the end, by its device
 * @param kept where each member stands at the end, by the coordinator
 * @param weights what the coordinator's export says is the weight of each member that is there at the end
 * @param audit what the coordinator's own audit found wrong, if anything
 * @param x the final model the coordinator serves, d values
 * @param sum its final S, d values
 */
@SuppressWarnings("ArrayRecordComponent") // Only read.
record Evidence(
        History history,
        List<Accepted> receipts,
        Map<Long, byte[]> messages,
        List<Accepted> log,
        List<RoundFigures> rounds,
        Map<History.MembershipPeriod, ChainState> held,
        Map<History.MembershipPeriod, ChainState> kept,
        Map<History.MembershipPeriod, Double> weights,
        Optional<String> audit,
        double[] x,
        double[] sum) {}
