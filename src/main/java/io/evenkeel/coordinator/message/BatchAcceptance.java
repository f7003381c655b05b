package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptanceRules;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.message.RoundAdmission;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Applies the {@link AcceptanceRules} to a batch of messages and writes the accepted ones, all in one transaction,
 * after their bytes are stored.
 *
 * <p>The transaction locks the runs of the batch, in the order of their keys. So a message is either added to
 * its round before the round is frozen or refused because the round is frozen, even if another replica
 * freezes it. Thread-safe.
 */
@Component
public class BatchAcceptance implements CommitPipeline.Steps {

    private final RunTable runs;
    private final MemberTable members;
    private final MessageStore messages;
    private final MessagePayloads payloads;
    private final OpenRoundCache openRounds;
    private final RunRules rules;
    private final RunHistories histories;
    private final DatasetSpending spending;
    private final DurableTransactions transactions;
    private final Clock clock;

    BatchAcceptance(
            RunTable runs,
            MemberTable members,
            MessageStore messages,
            MessagePayloads payloads,
            OpenRoundCache openRounds,
            RunRules rules,
            RunHistories histories,
            DatasetSpending spending,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.members = members;
        this.messages = messages;
        this.payloads = payloads;
        this.openRounds = openRounds;
        this.rules = rules;
        this.histories = histories;
        this.spending = spending;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void store(List<QueuedMessage> batch) {
        payloads.store(batch);
    }

    @Override
    public List<Acceptance> decide(List<QueuedMessage> batch) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return transactions.writeBeforeSync(() -> {
            Map<Long, List<QueuedMessage>> byRun = batch.stream()
                    .collect(Collectors.groupingBy(QueuedMessage::run, TreeMap::new, Collectors.toList()));
            Map<QueuedMessage, Acceptance> outcomes = new LinkedHashMap<>();
            byRun.forEach((run, queued) -> outcomes.putAll(decide(run, queued, now)));
            return batch.stream().map(outcomes::get).toList();
        });
    }

    @Override
    public void sync() {
        transactions.sync();
    }

    private Map<QueuedMessage, Acceptance> decide(long run, List<QueuedMessage> queued, Instant now) {
        RunRow row;
        try {
            row = runs.lock(run);
        } catch (ProblemException deleted) {
            // The transaction continues, because it also has messages of other runs.
            return queued.stream()
                    .collect(Collectors.toMap(Function.identity(), message -> new Acceptance.Refused(deleted)));
        }
        List<MemberRow> memberships =
                members.of(run, queued.stream().map(QueuedMessage::client).collect(Collectors.toSet()));
        AcceptanceRules acceptance = new AcceptanceRules(
                admission(row, queued.get(0).plan()),
                memberships.stream()
                        .collect(Collectors.toMap(MemberRow::client, Function.identity(), (older, newer) -> newer)),
                earlier(queued, memberships),
                histories.of(run, namedRounds(queued)),
                spending.elsewhere(
                        run, queued.stream().map(QueuedMessage::client).collect(Collectors.toSet())));
        Map<QueuedMessage, Acceptance> outcomes = new LinkedHashMap<>();
        List<StoredMessage> added = new ArrayList<>();
        for (QueuedMessage message : queued) {
            Acceptance decision = acceptance.decide(message.submission(), now);
            outcomes.put(message, decision);
            if (decision instanceof Acceptance.Added accepted) {
                added.add(message.stored(accepted));
            }
        }
        write(run, added);
        return outcomes;
    }

    /**
     * Refuses a message before it is uploaded if it would be refused whatever its content. Does not refuse a
     * message that may already have been accepted, since its sender needs the receipt.
     *
     * @param plan the plan of the run
     * @throws ProblemException {@code round-closed}, {@code round-not-open}, {@code member-not-found},
     *     {@code run-not-found}
     */
    void requireWanted(PlanCache.Known plan, String client, int round) {
        transactions.read(() -> {
            // The run is read before the members, so that a message accepted in between is seen and not
            // refused.
            RunRow row = runs.get(plan.run());
            List<MemberRow> memberships = members.of(plan.run(), Set.of(client));
            if (memberships.stream().anyMatch(membership -> round <= membership.lastRound())) {
                return null;
            }
            MemberRow member = memberships.isEmpty() ? null : memberships.get(memberships.size() - 1);
            if (member == null || member.isGone(row.openRound())) {
                throw JoinRules.notFound(row.name(), client);
            }
            ProblemException refusal = admission(row, plan.plan()).refusal(round, member, row.accepted(), "");
            if (refusal != null && refusal.problem() != ProblemKind.BUSY) {
                throw refusal;
            }
            return null;
        });
    }

    /**
     * Finds a message that was accepted earlier, and ensures that it is durable.
     *
     * @param digest its digest
     */
    Optional<AcceptedMessage> earlier(PlanCache.Known plan, String client, int round, long digest) {
        Optional<AcceptedMessage> found = transactions.read(() -> messages
                .find(
                        members.of(plan.run(), Set.of(client)).stream()
                                .collect(Collectors.toMap(MemberRow::id, MemberRow::client)),
                        Set.of(round))
                .stream()
                .filter(message -> message.digest() == digest)
                .findFirst());
        if (found.isPresent()) {
            // The message's batch may not be durable yet.
            transactions.sync();
        }
        return found;
    }

    private static Set<Integer> namedRounds(List<QueuedMessage> queued) {
        return queued.stream()
                .map(message -> message.submission().model())
                .filter(model -> model.history() != null)
                .map(ModelName::round)
                .collect(Collectors.toSet());
    }

    private RoundAdmission admission(RunRow row, ValidatedPlan plan) {
        return new RoundAdmission(row, plan, rules.open(row).maxParticipants(), () -> openRounds.sampled(row));
    }

    /**
     * Returns the messages of the same clients for the same rounds that were accepted earlier. Usually needs
     * no query, because most messages are for a newer round than any that their client has answered.
     */
    private List<AcceptedMessage> earlier(List<QueuedMessage> queued, List<MemberRow> memberships) {
        Map<String, Integer> answered =
                memberships.stream().collect(Collectors.toMap(MemberRow::client, MemberRow::lastRound, Math::max));
        Map<String, Set<Integer>> perhapsRepeated = queued.stream()
                .filter(message -> message.round() <= answered.getOrDefault(message.client(), -1))
                .collect(Collectors.groupingBy(
                        QueuedMessage::client, Collectors.mapping(QueuedMessage::round, Collectors.toSet())));
        if (perhapsRepeated.isEmpty()) {
            return List.of();
        }
        return messages.find(
                memberships.stream()
                        .filter(member -> perhapsRepeated.containsKey(member.client()))
                        .collect(Collectors.toMap(MemberRow::id, MemberRow::client)),
                perhapsRepeated.values().stream().flatMap(Set::stream).collect(Collectors.toSet()));
    }

    private void write(long run, List<StoredMessage> accepted) {
        if (accepted.isEmpty()) {
            return;
        }
        messages.insert(run, accepted);
        members.append(run, accepted.stream().map(StoredMessage::link).toList());
        runs.countAccepted(run, accepted.size());
    }
}
