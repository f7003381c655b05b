package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.member.SilentMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.StalledRound;
import java.time.Clock;
import java.util.BitSet;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Determines why runs make no progress. Queries members only for stalled rounds. Works in the caller's transaction.
 * Thread-safe.
 */
@Component
public class RunStalls {

    private final RunRepository runs;
    private final RunRules rules;
    private final PlanCache plans;
    private final RoundMembers members;
    private final SilentMembers silence;
    private final CohortFaults faults;
    private final Clock clock;

    RunStalls(
            RunRepository runs,
            RunRules rules,
            PlanCache plans,
            RoundMembers members,
            SilentMembers silence,
            CohortFaults faults,
            Clock clock) {
        this.runs = runs;
        this.rules = rules;
        this.plans = plans;
        this.members = members;
        this.silence = silence;
        this.faults = faults;
        this.clock = clock;
    }

    /** Returns why a run makes no progress; empty if it does or is not running. */
    public Optional<RunStall> of(Run run) {
        return run.stalled(clock.instant())
                .map(round -> of(round, rules.open(run).minParticipants()));
    }

    /** Returns why a run makes no progress; empty if it does or is not running. */
    public Optional<RunStall> of(long run) {
        return of(runs.get(run));
    }

    /** Returns why a run makes no progress; empty if it does or is not running. */
    public Optional<RunStall> of(RunSnapshot run) {
        return run.stalled(clock.instant())
                .map(round -> of(round, rules.open(run).minParticipants()));
    }

    private RunStall of(StalledRound round, int needed) {
        long run = round.run();
        int staying = members.staying(run);
        BitSet gone = members.gone(run);
        BitSet leftOut = faults.leftOut(run);
        leftOut.andNot(gone);
        BitSet silent = silence.of(run);
        silent.andNot(gone);
        silent.andNot(leftOut);
        return RunStall.of(
                round,
                new RunStall.Members(
                        needed,
                        staying,
                        members.present(run, round.number()) - staying,
                        leftOut.cardinality(),
                        silent.cardinality(),
                        plans.of(run).secureAggregation() != null));
    }
}
