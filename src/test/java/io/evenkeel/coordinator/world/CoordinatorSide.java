package io.evenkeel.coordinator.world;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Runs a world's coordinators and their operator, including faults. Not thread-safe. */
final class CoordinatorSide {

    private static final Duration TICK = Duration.ofSeconds(1);

    /** The approximate maximum number of changes in one request or one check of the rounds. */
    private static final int CHANGES = 8;

    /** The approximate maximum number of object store operations in one request or one check of the rounds. */
    private static final int OPERATIONS = 2;

    /** The background work with the most to do; half of the calls go to it. */
    private static final String RETENTION = "RetentionScheduler";

    /** The background work that deletes objects to which no row refers. */
    private static final String SWEEP = "ObjectSweep";

    private final String run;
    private final Machine machine;
    private final Timeline time;
    private final WorldFaults faults;
    private final Acceptances acceptances;
    private final Memberships memberships;
    private final BooleanSupplier mayGoBack;

    /** Killed processes whose restart is scheduled. */
    private final Set<WorldCoordinator> restarting = new HashSet<>();

    private boolean isPaused;
    private boolean hasBackup;

    /**
     * @param run the run's name
     * @param acceptances the messages that the coordinators accepted
     * @param memberships the devices' memberships
     * @param mayGoBack whether the database may be restored: all devices must still be able to notice it
     */
    CoordinatorSide(
            String run,
            Machine machine,
            Timeline time,
            WorldFaults faults,
            Acceptances acceptances,
            Memberships memberships,
            BooleanSupplier mayGoBack) {
        this.run = run;
        this.machine = machine;
        this.time = time;
        this.faults = faults;
        this.acceptances = acceptances;
        this.memberships = memberships;
        this.mayGoBack = mayGoBack;
    }

    void begin() {
        time.after(TICK, this::tick);
        time.within(20, this::background);
        time.within(50, this::save);
    }

    /** Returns whether all coordinators are alive and connected to their database. */
    boolean areReachable() {
        return machine.coordinators().stream().allMatch(CoordinatorSide::isReachable);
    }

    private boolean isAnyReachable() {
        return machine.coordinators().stream().anyMatch(CoordinatorSide::isReachable);
    }

    private static boolean isReachable(WorldCoordinator coordinator) {
        return !coordinator.isKilled() && !coordinator.database().isCutOff();
    }

    /** Returns a coordinator that can answer. */
    WorldCoordinator living() {
        return machine.coordinators().stream()
                .filter(CoordinatorSide::isReachable)
                .findFirst()
                .orElseThrow();
    }

    Http operator() {
        return new Http(living().endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    void act(String verb) {
        require(operator().post("/runs/" + run + "/" + verb), 200);
    }

    static void require(Reply reply, int status) {
        if (reply.status() != status) {
            throw new AssertionError(reply.toString());
        }
    }

    /**
     * Passes a request to a random coordinator. Returns empty if that coordinator is dead or dies before it answers.
     */
    Optional<Response> answer(Request request, String name) {
        List<Response> got = new ArrayList<>();
        int place = time.random().nextInt(machine.coordinators().size());
        int pause = time.random().nextInt(1, 6);
        disturbed(
                place,
                name,
                () -> machine.coordinator(place).answer(request, pause).ifPresent(got::add));
        return got.stream().findFirst();
    }

    private void tick() {
        time.after(TICK, this::tick);
        if (isAnyReachable() && faults.happens(WorldFaults.Kind.CLOCK_JUMPS)) {
            Duration by = Duration.ofSeconds(time.random().nextInt(-600, 600));
            time.say("the coordinators' clock jumps by " + by);
            machine.jump(by);
        }
        if (!isPaused && isAnyReachable() && faults.happens(WorldFaults.Kind.OPERATOR_PAUSES)) {
            pause();
        }
        for (int place = 0; place < machine.coordinators().size(); place++) {
            tick(place);
        }
    }

    private void tick(int place) {
        WorldCoordinator coordinator = machine.coordinator(place);
        if (coordinator.isKilled()) {
            return;
        }
        if (faults.happens(WorldFaults.Kind.COORDINATOR_KILLED)) {
            coordinator.database().kill();
        } else if (machine.coordinators().size() > 1 && faults.happens(WorldFaults.Kind.COORDINATOR_CUT_OFF)) {
            cutOff(place);
        }
        disturbed(place, "a look at the rounds", coordinator::tick);
    }

    /**
     * Disconnects a coordinator from the database, lets its leases expire, and reconnects it with its memory unchanged.
     */
    private void cutOff(int place) {
        WorldCoordinator coordinator = machine.coordinator(place);
        if (coordinator.database().isCutOff()) {
            return;
        }
        time.say("coordinator " + place + " is cut off from the database");
        coordinator.database().cutOff(true);
        time.within(10, this::expireLeases);
        time.within(60, () -> {
            time.say("coordinator " + place + " has the database again");
            coordinator.database().cutOff(false);
        });
    }

    private void expireLeases() {
        if (isAnyReachable()) {
            time.say("all leases expire");
            living().jdbc().update("UPDATE run SET lease_until = now() - INTERVAL '1' HOUR WHERE lease_until > now()");
        } else {
            time.within(10, this::expireLeases);
        }
    }

    private void pause() {
        if (operator().post("/runs/" + run + "/pause").status() == 200) {
            time.say("an operator pauses the run");
            isPaused = true;
            time.within(120, this::resume);
        }
    }

    /** Resumes the run as the operator if it is paused. */
    void resume() {
        if (isPaused && isAnyReachable()) {
            time.say("an operator resumes the run");
            act("resume");
            isPaused = false;
        }
    }

    private void background() {
        time.within(10, this::background);
        int place = time.random().nextInt(machine.coordinators().size());
        WorldCoordinator coordinator = machine.coordinator(place);
        List<String> kinds = coordinator.background();
        String kind = time.random().nextBoolean()
                ? RETENTION
                : kinds.get(time.random().nextInt(kinds.size()));
        if (kind.equals(SWEEP)) {
            machine.ageObjects();
        }
        disturbed(place, kind, () -> coordinator.work(kind));
    }

    /** Runs an action on a coordinator, during which its database, object store or process may fail. */
    private void disturbed(int place, String what, Runnable action) {
        WorldCoordinator coordinator = machine.coordinator(place);
        UnreliableDatabase database = coordinator.database();
        boolean killed = faults.happens(WorldFaults.Kind.COORDINATOR_KILLED_AT_CHANGE);
        if (killed || faults.happens(WorldFaults.Kind.DATABASE_BREAKS)) {
            int change = 1 + time.random().nextInt(CHANGES);
            boolean answerLost = time.random().nextBoolean();
            time.say((killed ? "the coordinator is to be killed" : "the database's connection is to break")
                    + " at change " + change + (answerLost ? ", after it if it is a commit, during " : ", during ")
                    + what);
            database.failAt(change, answerLost, killed);
        }
        WorldObjects objects = machine.objects();
        if (faults.happens(WorldFaults.Kind.OBJECT_STORE_FAILS)) {
            int operation = 1 + time.random().nextInt(OPERATIONS);
            boolean answerLost = time.random().nextBoolean();
            time.say("the object store is to fail at operation " + operation + (answerLost ? ", after it, " : ", ")
                    + "during " + what);
            objects.failAt(operation, answerLost);
        }
        try {
            action.run();
        } catch (RuntimeException e) {
            // After a fault, the coordinator's own caller would only log the exception.
            if (!database.hasFailed() && !objects.hasFailed()) {
                throw e;
            }
        }
        database.heal();
        objects.heal();
        machine.checkObjects();
        if (coordinator.isKilled() && restarting.add(coordinator)) {
            time.say("coordinator " + place + " is dead");
            time.within(10, this::expireLeases);
            time.within(60, () -> {
                restart(place);
                restarting.remove(coordinator);
            });
        }
    }

    private void restart(int place) {
        if (hasBackup && mayGoBack.getAsBoolean() && faults.happens(WorldFaults.Kind.DATABASE_GOES_BACK)) {
            machine.restore();
            acceptances.goBack();
            memberships.goBack();
            isPaused = operator().get("/runs/" + run).get("state").equals("paused");
            time.say("the database has gone back to its backup");
        } else {
            machine.restart(place);
        }
        time.say("coordinator " + place + " is up again");
    }

    private void save() {
        time.within(200, this::save);
        if (machine.hasBackups() && isAnyReachable()) {
            time.say("the database is saved");
            machine.save();
            acceptances.save();
            memberships.save();
            hasBackup = true;
        }
    }
}
