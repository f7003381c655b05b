package io.evenkeel.pilot.chaos;

import io.evenkeel.pilot.operator.RoundFigures;
import java.util.List;
import java.util.Map;

/**
 * All that is known after a run.
 *
 * @param clients the devices' ids, in the order they joined
 * @param receipts every receipt that was given, repetitions included
 * @param messages what was sent, by digest
 * @param log the messages in the coordinator's database
 * @param rounds the records of its rounds
 * @param held where each device stands, by itself
 * @param kept where each device stands, by the coordinator
 * @param x the final model the coordinator serves, d values
 * @param sum its final S, d values
 */
@SuppressWarnings("ArrayRecordComponent") // Only read.
record Evidence(
        List<String> clients,
        List<Accepted> receipts,
        Map<Long, byte[]> messages,
        List<Accepted> log,
        List<RoundFigures> rounds,
        List<Standing> held,
        List<Standing> kept,
        double[] x,
        double[] sum) {}
