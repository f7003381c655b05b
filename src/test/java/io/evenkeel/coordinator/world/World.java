package io.evenkeel.coordinator.world;

import io.evenkeel.coordinator.testing.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Simulates one run from its first to its last round in a world that a seed describes, and then checks the guarantees.
 * Events happen one after another. Not thread-safe.
 */
final class World {

    /** The time during which faults happen. */
    private static final Duration FAULTS_FOR = Duration.ofMinutes(10);

    /** The maximum duration of the run after the faults. */
    private static final Duration CALM_FOR = Duration.ofHours(2);

    private final WorldRun run;
    private final Machine machine;
    private final Timeline time;
    private final WorldFaults faults;
    private final CoordinatorSide coordinators;
    private final DeviceSide devices;
    private final Acceptances acceptances = new Acceptances();
    private final Memberships memberships = new Memberships();
    private final StoredRun stored;

    /**
     * @param name the run's name
     * @param machine the machine of the coordinators
     * @param omitted the numbers of faults that do not happen
     */
    World(long seed, String name, Machine machine, BitSet omitted) {
        SplittableRandom random = new SplittableRandom(seed);
        this.machine = machine;
        this.stored = new StoredRun(name, machine);
        this.run = WorldRun.draw(name, random.split());
        this.faults = new WorldFaults(random.split(), omitted);
        this.time = new Timeline(random);
        this.coordinators =
                new CoordinatorSide(name, machine, time, faults, acceptances, memberships, this::isNoneDone);
        this.devices = new DeviceSide(run, coordinators, time, faults, acceptances, memberships, stored);
    }

    /**
     * Runs the world to its end.
     *
     * @throws AssertionError if a guarantee is violated
     */
    void run() {
        time.say(run.toString());
        CoordinatorSide.require(coordinators.operator().postJson("/runs", run.definition()), 201);
        devices.join();
        coordinators.act("start");
        coordinators.begin();
        devices.begin();
        while (!devices.isDone() || !coordinators.areReachable()) {
            machine.advance(time.next());
            if (time.passed().compareTo(FAULTS_FOR) > 0) {
                faults.end();
                coordinators.resume();
            }
            if (time.passed().compareTo(FAULTS_FOR.plus(CALM_FOR)) > 0) {
                throw new AssertionError("the run is not over long after the last fault");
            }
            time.happen();
        }
        check();
    }

    private boolean isNoneDone() {
        return devices.isNoneDone();
    }

    private void check() {
        Reply view = coordinators.operator().get("/runs/" + run.name());
        if (!view.get("state").equals("finished") || view.number("round") != run.rounds()) {
            throw new AssertionError("the devices have finished, and the run has not: " + view);
        }
        Reply audit = coordinators.operator().post("/runs/" + run.name() + "/audit");
        if (!audit.get("agrees").equals("true")) {
            throw new AssertionError("the audit disagrees: " + audit);
        }
        double[] expected = new WorldReplay(run, acceptances, memberships, stored.periods()).model();
        double[] model = model();
        if (!Arrays.equals(model, expected)) {
            throw new AssertionError(
                    "the model is " + Arrays.toString(model) + ", and the receipts give " + Arrays.toString(expected));
        }
    }

    private double[] model() {
        Reply reply =
                coordinators.operator().get("/runs/" + run.name() + "/rounds/" + run.rounds() + "/model?dtype=float64");
        CoordinatorSide.require(reply, 200);
        return reply.doubles();
    }

    WorldFaults faults() {
        return faults;
    }

    long events() {
        return time.events();
    }

    /** Returns the transcript, in order. */
    List<String> transcript() {
        return time.transcript();
    }
}
