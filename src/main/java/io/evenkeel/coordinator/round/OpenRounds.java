package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.secagg.AttemptMembers;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.draw.UnansweredMembers;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.CurrentRound;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.secagg.Attempt;
import java.time.Clock;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads open rounds for operators. Thread-safe. */
@Component
class OpenRounds {

    private static final int LISTED = 100;

    private final RunRepository runs;
    private final MemberQuery members;
    private final ClientDirectory clients;
    private final OpenRoundCache draws;
    private final RoundAnswers answers;
    private final RunRules rules;
    private final PlanCache plans;
    private final AttemptMembers cohorts;
    private final DurableTransactions transactions;
    private final Clock clock;

    OpenRounds(
            RunRepository runs,
            MemberQuery members,
            ClientDirectory clients,
            OpenRoundCache draws,
            RoundAnswers answers,
            RunRules rules,
            PlanCache plans,
            AttemptMembers cohorts,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.members = members;
        this.clients = clients;
        this.draws = draws;
        this.answers = answers;
        this.rules = rules;
        this.plans = plans;
        this.cohorts = cohorts;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Returns the open round of a run that has one, or throws {@code wrong-state}. */
    OpenRound of(PlanCache.Known known) {
        return transactions.read(() -> {
            Run run = runs.get(known.run());
            if (!run.state().hasOpenRound()) {
                throw ProblemKind.WRONG_STATE
                        .because(
                                "run '" + run.name() + "' is "
                                        + run.state().name().toLowerCase(Locale.ROOT)
                                        + " and has no open round",
                                "see its closed rounds at GET /api/v1/runs/" + run.name() + "/rounds")
                        .with("run", run.name());
            }
            return view(run, rules.open(run));
        });
    }

    private OpenRound view(Run run, RoundRules open) {
        CurrentRound current = run.current();
        UnansweredMembers unanswered = answers.unanswered(run);
        Optional<Attempt> attempt = isMasked(run) ? cohorts.attempt(run) : Optional.empty();
        BitSet missing = attempt.map(under -> cohorts.missing(under, unanswered.missing()))
                .orElseGet(unanswered::missing);
        BitSet silent =
                attempt.map(under -> cohorts.silent(under, unanswered.silent())).orElseGet(unanswered::silent);
        Instant opened = current.openedAt();
        Instant earliest = opened == null ? null : opened.plus(open.minTime());
        Instant now = clock.instant();
        return new OpenRound(
                run.round(),
                opened,
                earliest,
                current.deadline(),
                now,
                draws.sampled(run).cardinality(),
                current.accepted(),
                open.minParticipants(),
                open.participantsLimit(),
                current.extended(),
                waitsFor(run, open, earliest, now),
                unanswered.declined().cardinality(),
                attempt.map(OpenRound.Cohort::of).orElse(null),
                named(run, missing),
                missing.cardinality(),
                named(run, silent),
                silent.cardinality());
    }

    private boolean isMasked(Run run) {
        return plans.of(run).secureAggregation() != null;
    }

    private OpenRound.WaitsFor waitsFor(Run run, RoundRules open, @Nullable Instant earliest, Instant now) {
        if (run.current().isClosing()) {
            return OpenRound.WaitsFor.CLOSING;
        }
        if (run.state() == RunState.PAUSED) {
            return OpenRound.WaitsFor.RESUME;
        }
        if (isMasked(run)) {
            return OpenRound.WaitsFor.COHORT;
        }
        if (run.current().accepted() < open.minParticipants()) {
            return OpenRound.WaitsFor.MORE_MESSAGES;
        }
        return earliest != null && now.isBefore(earliest) ? OpenRound.WaitsFor.LEAST_TIME : OpenRound.WaitsFor.OTHERS;
    }

    private List<OpenRound.Missing> named(Run run, BitSet ordinals) {
        List<MemberQuery.Unanswered> missing = members.unanswered(
                run.id(), ordinals.stream().limit(LISTED).boxed().toList());
        Map<String, ClientDirectory.Entry> entries = clients.entries(
                missing.stream().map(MemberQuery.Unanswered::client).toList());
        return missing.stream()
                .map(member -> missing(member, entries.getOrDefault(member.client(), ClientDirectory.Entry.UNKNOWN)))
                .toList();
    }

    private static OpenRound.Missing missing(MemberQuery.Unanswered member, ClientDirectory.Entry entry) {
        return new OpenRound.Missing(
                member.client(), entry.name(), member.lastRound() < 0 ? null : member.lastRound(), entry.lastSeenAt());
    }
}
