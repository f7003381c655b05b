package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Opens round 0 of a run that the caller's transaction has locked. Thread-safe. */
@Component
class FirstRound {

    private final RoundMembers members;
    private final OpenRoundCache openRounds;
    private final RunRules rules;
    private final InitialModels models;
    private final PlanCache plans;
    private final RelayedDevices relays;

    FirstRound(
            RoundMembers members,
            OpenRoundCache openRounds,
            RunRules rules,
            InitialModels models,
            PlanCache plans,
            RelayedDevices relays) {
        this.plans = plans;
        this.relays = relays;
        this.members = members;
        this.openRounds = openRounds;
        this.rules = rules;
        this.models = models;
    }

    /**
     * Opens the round and draws its members.
     *
     * @throws ProblemException {@code wrong-state}, {@code too-few-members}
     */
    void open(Run run, Instant now) {
        RoundRules first = rules.next(run);
        run.start(now, first.maxTime());
        requireMembers(run, members.count(run.id(), 0), "", DeviceSelector.ALL, first.minParticipants());
        openRounds
                .draw(run)
                .ifPresent(draw -> requireMembers(
                        run,
                        draw.eligible(),
                        " that devices.sample chooses",
                        plans.of(run).devices().sample(),
                        first.minParticipants()));
    }

    /**
     * Stores the model of the round, before the transaction that opens it.
     *
     * @throws ProblemException {@code insufficient-memory}
     */
    void prepareModel(PlanCache.Known known) {
        models.prepare(known.run(), known.plan());
    }

    /**
     * Checks that the round's model is stored.
     *
     * @throws ProblemException {@code wrong-state} if it must be uploaded first
     */
    void requireModel(Run run) {
        if (!models.isPrepared(run.id())) {
            throw ProblemKind.WRONG_STATE.because(
                    "run '" + run.name() + "' starts from an uploaded model, but none was uploaded",
                    "PUT the model to /api/v1/runs/" + run.name() + "/model, then start");
        }
    }

    /** Checks that enough members can answer; a relay without devices cannot. */
    private void requireMembers(Run run, int present, String what, DeviceSelector chosen, int required) {
        int empty = relays.empty(run.id(), 0, chosen);
        int able = present - empty;
        if (able < required) {
            String beside = switch (empty) {
                case 0 -> "";
                case 1 -> " besides 1 relay without devices";
                default -> " besides " + empty + " relays without devices";
            };
            throw ProblemKind.TOO_FEW_MEMBERS
                    .because(
                            "run '" + run.name() + "' has " + able + (able == 1 ? " member" : " members") + what
                                    + beside + ", and a round needs messages of " + required,
                            "let more devices join" + (empty == 0 ? "" : " at the relays' sites") + ", then start")
                    .with("members", able)
                    .with("required", required);
        }
    }
}
