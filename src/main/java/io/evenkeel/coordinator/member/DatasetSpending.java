package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.engine.definition.PrivacyTerms;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Computes the privacy budgets that devices have spent. Runs whose definitions name the same
 * {@code privacy.dataset} train on the same data, so a device's spending in one of them counts in all of
 * them. Costs add up over runs; each run has its own noise. Works in the caller's transaction. Thread-safe.
 */
@Component
public class DatasetSpending {

    private static final String ACCEPTED =
            "SELECT m.run_id, m.client_id, m.ordinal, c.sequence FROM member m JOIN member_chain c ON c.member_id = m.id"
                    + " WHERE m.run_id IN (:runs)";

    private final PlanCache plans;
    private final RoundMembers members;
    private final JdbcClient jdbc;

    DatasetSpending(PlanCache plans, RoundMembers members, JdbcTemplate jdbc) {
        this.plans = plans;
        this.members = members;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /** Returns the largest epsilon that a device of a run has spent; null if the run has no privacy. */
    public @Nullable Double mostSpent(long run) {
        PrivacyTerms privacy = plans.of(run).privacy();
        if (privacy == null || privacy.dataset() == null) {
            return privacy == null ? null : (Double) privacy.spent(members.mostMessages(run));
        }
        Map<Integer, String> clients = new HashMap<>();
        Map<String, PrivacyCost> costs = costs(run, sharing(run, privacy, true), clients);
        return clients.values().stream()
                .map(client -> costs.getOrDefault(client, PrivacyCost.NONE))
                .max(Comparator.comparingDouble(PrivacyCost::rho))
                .orElse(PrivacyCost.NONE)
                .epsilon(privacy.delta());
    }

    /**
     * Returns the ordinals of the members whose privacy budget allows no further message. Includes their
     * spending in the other runs that share the run's data set.
     */
    public BitSet spent(long run) {
        BitSet spent = new BitSet();
        PrivacyTerms privacy = plans.of(run).privacy();
        if (privacy == null || privacy.dataset() == null || privacy.epsilon() == null) {
            return spent;
        }
        Map<Integer, String> clients = new HashMap<>();
        Map<String, PrivacyCost> costs = costs(run, sharing(run, privacy, true), clients);
        clients.forEach((ordinal, client) -> {
            PrivacyCost total = costs.getOrDefault(client, PrivacyCost.NONE);
            if (!privacy.allows(total.plus(privacy.cost()))) {
                spent.set(ordinal);
            }
        });
        return spent;
    }

    /**
     * Returns whether a run's messages count towards later runs on the same data set, since spending is
     * computed from messages.
     */
    public boolean mustStay(long run) {
        PrivacyTerms privacy = plans.of(run).privacy();
        return privacy != null && privacy.dataset() != null && members.mostMessages(run) > 0;
    }

    /**
     * Returns the spending of clients in the other runs that share a run's data set; omits clients that have
     * spent nothing.
     *
     * @param clients at least one
     */
    public Map<String, PrivacyCost> elsewhere(long run, Collection<String> clients) {
        PrivacyTerms privacy = plans.of(run).privacy();
        if (privacy == null || privacy.dataset() == null) {
            return Map.of();
        }
        List<Long> others = sharing(run, privacy, false);
        Map<String, PrivacyCost> costs = new HashMap<>();
        if (!others.isEmpty()) {
            jdbc.sql(ACCEPTED + " AND m.client_id IN (:clients)")
                    .param("runs", others)
                    .param("clients", clients)
                    .query(row -> {
                        costs.merge(row.getString(2), cost(row.getLong(1), row.getLong(4)), PrivacyCost::plus);
                    });
        }
        return costs;
    }

    /** @param clients receives the clients of the run's members, by ordinal */
    private Map<String, PrivacyCost> costs(long run, List<Long> runs, Map<Integer, String> clients) {
        Map<String, PrivacyCost> costs = new HashMap<>();
        jdbc.sql(ACCEPTED).param("runs", runs).query(row -> {
            costs.merge(row.getString(2), cost(row.getLong(1), row.getLong(4)), PrivacyCost::plus);
            if (row.getLong(1) == run) {
                clients.put(row.getInt(3), row.getString(2));
            }
        });
        return costs;
    }

    private PrivacyCost cost(long run, long messages) {
        return Objects.requireNonNull(plans.of(run).privacy()).cost().times(messages);
    }

    private List<Long> sharing(long run, PrivacyTerms privacy, boolean itself) {
        return jdbc.sql("SELECT id FROM run WHERE deleted_at IS NULL").query(Long.class).list().stream()
                .filter(other -> other == run ? itself : shares(other, privacy))
                .toList();
    }

    private boolean shares(long other, PrivacyTerms privacy) {
        PrivacyTerms terms = plans.of(other).privacy();
        return terms != null && Objects.equals(terms.dataset(), privacy.dataset());
    }
}
