package io.evenkeel.testkit.chaos;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.run.ChaosSettings;

/**
 * The settings of a chaos test with relays.
 *
 * @param seed the seed of all schedules
 * @param kills the number of kills on each level: of the run above, and of each site
 * @param sites the number of relays
 * @param devices the number of devices at the first site; each other one has one more than the site before
 * @param rounds the number of rounds above
 * @param dimension d
 * @param faults the share of messages with a fault in the proxies
 * @param changes the number of changes of memberships at each site
 * @param cuts how often the link between a relay and the coordinator above is down for a while
 * @param misses whether rounds above close without a relay that is late
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
        boolean misses) {

    /** Devices that are members of the run above themselves. */
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
                // The round above in which a changed weight counts is determined only if the relay answers every round.
                misses ? 0 : changes,
                false);
    }
}
