package io.evenkeel.testkit.load;

import java.time.Duration;

/**
 * The settings of a simulation of a large fleet.
 *
 * @param enrolled the number of devices that enrol and join the run
 * @param rows the number of further members that send nothing, inserted as rows of PostgreSQL
 * @param connections the number of connections that the devices share
 * @param rounds the number of rounds to measure, after one that is not measured
 * @param checkIns how long devices check in afterwards
 * @param load the run, and the number of devices that take part in a round
 */
record FleetLoadSettings(int enrolled, int rows, int connections, int rounds, Duration checkIns, LoadSettings load) {

    /** Returns the number of all devices. */
    int devices() {
        return enrolled + rows;
    }
}
