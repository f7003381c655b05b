package io.evenkeel.trial.fleet;

import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.checkin.Demand;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.StopConditions;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptanceRules;
import io.evenkeel.engine.message.RoundAdmission;
import io.evenkeel.engine.message.Submission;
import io.evenkeel.engine.round.ClosingRule;
import io.evenkeel.engine.run.CurrentRound;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A coordinator with one run and without I/O: it tracks the run's members and leaves every decision to the
 * engine. Members are devices; their ordinals are in the order in which they joined. Times are milliseconds
 * of virtual time. Not thread-safe.
 */
final class SimulatedCoordinator {

    /** The default of the coordinator's {@code evenkeel.rounds.tick}, the interval at which it checks deadlines. */
    private static final long TICK = 200;

    private static final int NONE = -1;

    private final ValidatedPlan plan;
    private final RoundRules rules;
    private final SimulatedFleet fleet;
    private final SimulationSettings settings;
    private final RoundLog log;
    private final Run run;
    private final int[] ordinals;
    private final int[] devices;
    private final int[] activeFrom;
    private final int[] lastRound;
    private final int[] sequence;
    private int members;
    private final BitSet active = new BitSet();
    private final BitSet joining = new BitSet();
    private final SimulatedDraw draw;
    private long opensAt = SimulatedFleet.NEVER;
    private long bytesInRound;

    SimulatedCoordinator(
            ValidatedPlan plan, RoundRules rules, SimulatedFleet fleet, SimulationSettings settings, RoundLog log) {
        this.plan = plan;
        this.rules = rules;
        this.fleet = fleet;
        this.settings = settings;
        this.log = log;
        run = new Run(plan.name(), "{}", Instant.EPOCH);
        ordinals = new int[fleet.size()];
        Arrays.fill(ordinals, NONE);
        devices = new int[fleet.size()];
        draw = new SimulatedDraw(
                plan, rules, ordinal -> fleet.group(devices[ordinal]).attributes());
        activeFrom = new int[fleet.size()];
        lastRound = new int[fleet.size()];
        sequence = new int[fleet.size()];
    }

    /** The outcome of a message. */
    enum Answer {
        ACCEPTED,
        /** The next round may accept the message, so the device sends it again. */
        BUSY,
        REFUSED
    }

    Run run() {
        return run;
    }

    RoundRules rules() {
        return rules;
    }

    int members() {
        return members;
    }

    boolean isMember(int device) {
        return ordinals[device] != NONE;
    }

    /** Returns whether the run admits a device. */
    boolean admits(int device) {
        return plan.devices().admits(client(device), fleet.group(device).attributes());
    }

    private static String client(int device) {
        return "simulated-" + device;
    }

    /**
     * Makes a device a member; it takes part from the next round on, or from the open one once it has been
     * extended.
     */
    void join(int device) {
        int ordinal = members++;
        ordinals[device] = ordinal;
        devices[ordinal] = device;
        activeFrom[ordinal] = run.openRound() + 1;
        lastRound[ordinal] = NONE;
        joining.set(ordinal);
    }

    /** Records that a member has checked in, so that rounds wait for it again. */
    void hear(int device) {
        draw.hear(ordinals[device]);
    }

    /** Returns whether the open round waits for a member's message. */
    boolean asks(int device) {
        return isMember(device)
                && run.state() == RunState.RUNNING
                && !run.current().isClosing()
                && draw.asked().get(ordinals[device])
                && row(ordinals[device]).mayAnswer(run.round());
    }

    /** Returns the run's demand for devices: their number, and the time available. */
    Demand demand() {
        CurrentRound current = run.current();
        return Demand.ofRun(
                run.state(),
                run.round(),
                run.startedAt(),
                current.openedAt(),
                rules,
                plan.devices().choosesMembers());
    }

    /** Decides on a member's message for a round. */
    Answer receive(int device, int round, long time) {
        int ordinal = ordinals[device];
        CurrentRound current = run.current();
        RunRow row = new RunRow(
                0,
                plan.name(),
                run.state(),
                current.isClosing(),
                run.round(),
                current.openedAt(),
                current.deadline(),
                current.accepted(),
                current.extended(),
                current.revision(),
                run.stopReason());
        String client = client(device);
        Acceptance decided = new AcceptanceRules(
                        new RoundAdmission(row, plan, rules.maxParticipants(), draw::asked),
                        Map.of(client, row(ordinal)),
                        List.of(),
                        Map.of(),
                        Map.of())
                .decide(
                        new Submission(
                                client,
                                new ModelName(round, null),
                                sequence[ordinal] + 1L,
                                sequence[ordinal],
                                sequence[ordinal] + 1L,
                                (int) settings.messageBytes()),
                        at(time));
        if (decided instanceof Acceptance.Refused refused) {
            return refused.problem().retryAfter().isPresent() ? Answer.BUSY : Answer.REFUSED;
        }
        current.accept(1);
        sequence[ordinal]++;
        lastRound[ordinal] = Math.max(lastRound[ordinal], round);
        if (sequence[ordinal] >= plan.maxMessages()) {
            active.clear(ordinal);
        }
        if (round == run.round()) {
            draw.answer(ordinal);
        }
        bytesInRound += settings.messageBytes();
        log.accept(run.round(), rules.minParticipants(), time);
        return Answer.ACCEPTED;
    }

    private MemberRow row(int ordinal) {
        return new MemberRow(
                ordinal,
                client(devices[ordinal]),
                ordinal,
                activeFrom[ordinal],
                Integer.MAX_VALUE,
                lastRound[ordinal],
                sequence[ordinal],
                sequence[ordinal]);
    }

    /** Starts the run, if enough devices have joined. */
    boolean start(long time) {
        if (members < rules.minParticipants()) {
            return false;
        }
        run.start(at(time), rules.maxTime());
        opened(time);
        return true;
    }

    /** Closes, extends or opens a round if it is due; returns whether devices may get new work. */
    boolean advance(long time) {
        if (run.state() != RunState.RUNNING) {
            return false;
        }
        if (run.current().isClosing()) {
            return time >= opensAt && complete(time);
        }
        ClosingRule.Verdict verdict = ClosingRule.judge(
                run, rules, () -> draw.isAnswered(run.current().accepted()), at(time));
        if (verdict == ClosingRule.Verdict.CLOSE) {
            close(time);
            return time >= opensAt && complete(time);
        }
        if (verdict == ClosingRule.Verdict.EXTEND) {
            run.extend(at(time), rules, rules);
            log.extend(run.round());
            draw();
        }
        return verdict == ClosingRule.Verdict.EXTEND;
    }

    private void close(long time) {
        CurrentRound current = run.current();
        boolean isFull = current.accepted() >= rules.maxParticipants();
        boolean isLate = !at(time).isBefore(Objects.requireNonNull(current.deadline()));
        log.close(
                run.round(),
                time,
                isFull
                        ? RoundLog.Ending.FULL
                        : current.extended() > 0
                                ? RoundLog.Ending.EXTENDED
                                : isLate ? RoundLog.Ending.DEADLINE : RoundLog.Ending.ANSWERED);
        if (ClosingRule.countsMissed(run, rules)) {
            draw.countMissed();
        }
        current.beginClosing();
        opensAt = time + settings.closing().toMillis();
    }

    private boolean complete(long time) {
        int closed = run.round();
        run.completeRound(
                at(time),
                rules,
                rules,
                LossTrend.NONE,
                new StopConditions.ClosedRound(
                        closed,
                        null,
                        Map.of(),
                        bytesInRound + log.downloaded(closed),
                        Duration.between(Objects.requireNonNull(run.startedAt()), at(time)),
                        0,
                        plan.maxMessages(),
                        false,
                        0),
                false,
                "");
        if (run.state() == RunState.RUNNING && run.round() < settings.rounds()) {
            opened(time);
            return true;
        }
        return false;
    }

    private void opened(long time) {
        log.open(time);
        draw.open();
        bytesInRound = 0;
        draw();
    }

    private void draw() {
        // All members that are waiting for a round take part when a round opens or is extended.
        joining.stream().forEach(ordinal -> activeFrom[ordinal] = Math.min(activeFrom[ordinal], run.round()));
        active.or(joining);
        joining.clear();
        int asked = draw.draw(active, run.current().extended() > 0, run.round());
        log.ask(run.round(), asked);
    }

    /** Returns when the coordinator must check the run again even if no message arrives. */
    long nextLook(long now) {
        CurrentRound current = run.current();
        if (run.state() != RunState.RUNNING) {
            return SimulatedFleet.NEVER;
        }
        if (current.isClosing()) {
            return opensAt;
        }
        long deadline = look(Objects.requireNonNull(current.deadline()).toEpochMilli());
        long least = look(
                Objects.requireNonNull(current.openedAt()).plus(rules.minTime()).toEpochMilli());
        return Math.max(now + 1, least > now ? Math.min(least, deadline) : deadline);
    }

    private static long look(long time) {
        return (time + TICK - 1) / TICK * TICK;
    }

    private static Instant at(long time) {
        return Instant.ofEpochMilli(time);
    }
}
