package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads a page of runs with what a list shows of each. Thread-safe. */
@Component
class RunOverview {

    private static final int POINTS = 30;

    // Looks each point up by the key, so a run of a million rounds costs no more than one of a hundred.
    private static final String SAMPLES = """
            SELECT r.run_id, r.round_number, r.loss, r.members, r.uplink_bytes, r.dense_bytes
            FROM run JOIN (VALUES %s) AS point (k) ON 1 = 1
            JOIN round_record r ON r.run_id = run.id
              AND r.round_number = CASE WHEN point.k = %d THEN run.round_number - 1
                ELSE point.k * ((run.round_number + %d) / %d) END
            WHERE run.id IN (:runs) ORDER BY r.run_id, r.round_number
            """.formatted(points(), POINTS - 1, POINTS - 2, POINTS - 1);

    private final RunRepository runs;
    private final PlanCache plans;
    private final DurableTransactions transactions;
    private final JdbcClient jdbc;

    RunOverview(RunRepository runs, PlanCache plans, DurableTransactions transactions, JdbcTemplate jdbc) {
        this.runs = runs;
        this.plans = plans;
        this.transactions = transactions;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /**
     * A page of runs.
     *
     * @param runs newest first
     * @param total how many runs match
     */
    record Cards(List<RunCard> runs, long total) {}

    /**
     * Returns a page of the runs whose names contain a text.
     *
     * @param search part of the name, may be empty
     * @param state only runs in this state, all if null
     */
    Cards page(String search, @Nullable RunState state, int page, int size) {
        return transactions.read(() -> {
            Page<Run> found = runs.search(search, state, PageRequest.of(page, size));
            Map<Long, Samples> samples = samples(found.getContent());
            List<RunCard> cards = found.getContent().stream()
                    .map(run -> card(run, samples.getOrDefault(run.id(), new Samples())))
                    .toList();
            return new Cards(cards, found.getTotalElements());
        });
    }

    private Map<Long, Samples> samples(List<Run> found) {
        Map<Long, Samples> byRun = new HashMap<>();
        if (!found.isEmpty()) {
            jdbc.sql(SAMPLES)
                    .param("runs", found.stream().map(Run::id).toList())
                    .query(row -> {
                        Samples samples = byRun.computeIfAbsent(row.getLong("run_id"), key -> new Samples());
                        double loss = row.getDouble("loss");
                        samples.add(
                                row.getInt("round_number"),
                                row.wasNull() ? null : loss,
                                row.getInt("members"),
                                row.getLong("uplink_bytes"),
                                row.getLong("dense_bytes"));
                    });
        }
        return byRun;
    }

    private RunCard card(Run run, Samples samples) {
        RunPlan plan = plans.of(run);
        return new RunCard(
                run.name(),
                run.state(),
                run.round(),
                plan.rounds(),
                plan.definition().algorithm(),
                plan.definition().compressor(),
                plan.dimension(),
                run.accepted(),
                plan.minParticipants(),
                samples.members,
                run.createdAt(),
                run.state().hasOpenRound() ? run.deadline() : null,
                run.message(),
                samples.loss,
                samples.uplink == 0 ? null : (double) samples.dense / samples.uplink);
    }

    private static String points() {
        return IntStream.range(0, POINTS).mapToObj(point -> "(" + point + ")").collect(Collectors.joining(", "));
    }

    /** Some rounds of one run. */
    private static final class Samples {

        private final List<@Nullable Double> loss = new ArrayList<>();
        private int newest = -1;
        private @Nullable Integer members;
        private long uplink;
        private long dense;

        void add(int round, @Nullable Double roundLoss, int roundMembers, long uplinkBytes, long denseBytes) {
            if (round == newest) {
                return;
            }
            newest = round;
            loss.add(roundLoss);
            members = roundMembers;
            uplink += uplinkBytes;
            dense += denseBytes;
        }
    }
}
