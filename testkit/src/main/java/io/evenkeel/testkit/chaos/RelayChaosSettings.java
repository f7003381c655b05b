package io.evenkeel.testkit.chaos;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.run.ChaosSettings;

/**
 * The settings of a chaos test with relays.
 *
 * @param seed the seed of all schedules
 * @param kills the number of kills in the upper run, and at each site
 * @param sites the number of relays
 * @param devices the number of devices at the first site; each further site has one more than the previous one
 * @param rounds the number of rounds of the upper run
 * @param dimension d
 * @param faults the share of messages with a fault in the proxies
 * @param changes the number of changes of memberships at each site
 * @param cuts the number of times that the link between a relay and the upper coordinator is down for a while
 * @param restores the number of times that the upper coordinator and each relay are restored from a backup; these
 *     restores count as kills
 * @param misses whether rounds of the upper run close without a late relay
 */
record RelayChaosSettings(
        long seed,
        int kills,
        int sites,
        int devices,
        int rounds,
        int dimension,
        double faults,
        int changes,
        int cuts,
        int restores,
        boolean misses) {

    /** The number of devices that are direct members of the upper run. */
    static final int OWN = 2;

    ChaosSettings above() {
        int members = OWN + sites;
        return new ChaosSettings(
                Preset.EF21_SGDM_NORM,
                null,
                null,
                kills,
                seed,
                members,
                rounds,
                dimension,
                misses ? members - 1 : members,
                faults,
                0,
                false);
    }

    ChaosSettings site(int site) {
        int members = devices + site;
        return new ChaosSettings(
                Preset.EF21,
                null,
                null,
                kills,
                SplitMix64.derive(seed, 100 + site),
                members,
                rounds,
                dimension,
                members,
                faults,
                // The upper round from which a changed weight counts is determined only if the relay answers every
                // round.
                misses ? 0 : changes,
                false);
    }
}
