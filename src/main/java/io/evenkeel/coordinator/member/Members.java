package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Adds clients to runs and removes them. Before the start of a run, both take effect at once. Afterwards, a
 * client that joins takes part from the next round on, and a departure or a changed weight takes effect when
 * the open round closes. Thread-safe.
 */
@Component
public class Members {

    /** The maximum size of the cache, about 15 MB; a larger one is cleared. */
    private static final int MAX_REMEMBERED = 100_000;

    private final RunRepository runs;
    private final MemberRepository members;
    private final MemberTable table;
    private final RoundMembers counts;
    private final RunRules rules;
    private final ClientLocks locks;
    private final ClientDirectory directory;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;
    private final Set<Known> known = ConcurrentHashMap.newKeySet();

    Members(
            RunRepository runs,
            MemberRepository members,
            MemberTable table,
            RoundMembers counts,
            RunRules rules,
            ClientLocks locks,
            ClientDirectory directory,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.table = table;
        this.counts = counts;
        this.rules = rules;
        this.locks = locks;
        this.directory = directory;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /** A client that is or was a member of a run. This stays true for the life of the run. */
    private record Known(long run, String client) {}

    /**
     * The result of a request to join.
     *
     * @param member the membership
     * @param isNew whether the membership is new; false if it already existed, even if its weight has changed
     */
    public record Joined(Member member, boolean isNew) {}

    /**
     * The progress of a run.
     *
     * @param state the run's state
     * @param members the number of clients that are members or will be from the next round on
     * @param rules the rules of the next round
     */
    public record Progress(RunState state, int members, RoundRules rules) {}

    /** Returns the progress of a run. */
    public Progress progress(PlanCache.Known known) {
        return transactions.read(() -> {
            Run run = runs.get(known.run());
            return new Progress(run.state(), counts.present(run.id(), run.openRound()), rules.next(run));
        });
    }

    /**
     * Joins a run, or changes the weight of an existing membership. A client that has left starts a new
     * membership, even if its departure has not taken effect yet.
     *
     * @param asked the weight w_i that the client asks for, 1e-12 to 1e12, at most 1e7 in a run without bounds; weights
     *     outside the run's bounds are set to the nearest bound
     * @throws ProblemException {@code invalid}, {@code wrong-state} if the run is over, {@code busy} while a
     *     round is being closed
     */
    public Joined join(PlanCache.Known known, String client, double asked) {
        JoinRules.requireWeight(asked, known.plan());
        Joined joined = transactions.write(() -> {
            // Holds the lock on the client's row until the end of the transaction.
            JoinRules.requireNotRevoked(client, locks.lockAndIsRevoked(client));
            Run run = runs.locked(known.run());
            if (run.state().isOver()) {
                throw run.wrongState(
                        "run '" + run.name() + "' is " + run.state().text() + ", so no device can join it");
            }
            RoundRules next = rules.next(run);
            JoinRules.requireBounded(asked, next, run.name());
            double weight = next.limited(asked);
            Optional<Member> present = present(run, client);
            if (present.isEmpty()) {
                JoinRules.requireChosen(known.plan(), client, () -> directory.visible(client));
                JoinRules.requireFirstTime(known.plan(), client, members.countByRunIdAndClientId(run.id(), client));
                return new Joined(enter(run, client, weight), true);
            }
            reweigh(run, present.get(), weight);
            return new Joined(present.get(), false);
        });
        events.publishEvent(new RunChanged(known.run()));
        return joined;
    }

    /**
     * Ends a client's membership, at the request of the client or an operator; does nothing if the run is
     * over.
     *
     * @param ordinal the ordinal of the membership to end, so that a delayed duplicate of a request cannot
     *     end a later membership; null for the current one
     * @throws ProblemException {@code member-not-found}, also if this membership has ended; {@code busy}
     *     while a round is being closed
     */
    public void leave(PlanCache.Known known, String client, @Nullable Integer ordinal) {
        transactions.write(() -> {
            Run run = runs.locked(known.run());
            Member member = present(run, client).orElseThrow(() -> JoinRules.notFound(run.name(), client));
            if (ordinal != null && ordinal != member.ordinal()) {
                throw JoinRules.ended(run.name(), client, ordinal, member.ordinal());
            }
            if (!run.state().isOver()) {
                requireNotClosing(run);
                member.leave(run.openRound());
            }
        });
        events.publishEvent(new RunChanged(known.run()));
    }

    /**
     * Removes a client permanently from all its runs, in one transaction with the given revocation, which prevents it
     * from joining again. In a run whose open round is being closed, it stays until the next one closes.
     *
     * @param revocation marks the client as revoked; must lock its row, as {@link #join} does, until the
     *     transaction ends
     */
    public void expel(String client, Runnable revocation) {
        List<Long> left = transactions.write(() -> {
            revocation.run();
            List<Long> concerned = members.findRunsOf(client);
            concerned.forEach(id -> runs.lock(id)
                    .filter(run -> !run.state().isOver())
                    .ifPresent(run -> present(run, client)
                            .ifPresent(member ->
                                    member.leave(run.current().isClosing() ? run.openRound() + 1 : run.openRound()))));
            return concerned;
        });
        left.forEach(run -> events.publishEvent(new RunChanged(run)));
    }

    /**
     * Returns a client's membership, even if it has ended with the run.
     *
     * @throws ProblemException {@code member-not-found}
     */
    public Member get(PlanCache.Known known, String client) {
        return transactions.read(() -> {
            Run run = runs.get(known.run());
            return present(run, client).orElseThrow(() -> JoinRules.notFound(run.name(), client));
        });
    }

    /**
     * Returns the memberships of the given clients, by client. Omits clients that never joined or have left.
     * Once the run is over, includes ended memberships, so that a device that wants to join again gets a
     * refusal.
     */
    public Map<String, MemberRow> present(Run run, Collection<String> clients) {
        return table.of(run.id(), clients).stream()
                .filter(member -> run.state().isOver() || !member.hasLeft())
                .collect(Collectors.toMap(MemberRow::client, Function.identity(), (older, newer) -> newer));
    }

    /** Returns whether a client is, or ever was, a member; usually without a query. */
    public boolean isKnown(long run, String client) {
        Known key = new Known(run, client);
        if (known.contains(key)) {
            return true;
        }
        boolean found = members.findFirstByRunIdAndClientIdOrderByOrdinalDesc(run, client)
                .isPresent();
        if (found) {
            if (known.size() >= MAX_REMEMBERED) {
                known.clear();
            }
            known.add(key);
        }
        return found;
    }

    private Optional<Member> present(Run run, String client) {
        return members.findFirstByRunIdAndClientIdOrderByOrdinalDesc(run.id(), client)
                .filter(member -> run.state().isOver() ? !member.isGone(run.openRound()) : member.leftAfter() == null);
    }

    private Member enter(Run run, String client, double weight) {
        int ordinal = table.ordinals(run.id());
        return members.save(new Member(
                run.id(),
                client,
                ordinal,
                weight,
                run.openRound() + 1,
                clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    /**
     * Clamps the members' weights to the given rules' range when the open round closes. Works in the caller's
     * transaction, which has locked the run.
     *
     * @throws ProblemException {@code busy} while a round is being closed
     */
    public void limitWeights(Run run, RoundRules range) {
        List<Member> outside =
                members.findPresentOutside(run.id(), run.openRound(), range.minWeight(), range.maxWeight());
        for (Member member : outside) {
            requireNotClosing(run);
            member.reweigh(range.limited(member.plannedWeight()), run.openRound());
        }
    }

    private static void reweigh(Run run, Member member, double weight) {
        if (member.plannedWeight() != weight) {
            requireNotClosing(run);
            member.reweigh(weight, run.openRound());
        }
    }

    // The outcome of a frozen round must not depend on later changes.
    private static void requireNotClosing(Run run) {
        if (run.current().isClosing()) {
            throw ProblemKind.BUSY
                    .because(
                            "round " + run.round() + " of run '" + run.name() + "' is being closed",
                            "send the same request again after the time in Retry-After")
                    .retryAfter(Duration.ofSeconds(1));
        }
    }
}
