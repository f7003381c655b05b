package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.member.OrdinalSet;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.definition.DeviceChoice;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.draw.DrawCandidates;
import io.evenkeel.engine.draw.MemberDraw;
import io.evenkeel.engine.draw.RoundDraw;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.selection.DeviceTurns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code round_draw}: the members that rounds ask, in runs that choose members by attributes. A
 * draw is made and stored in the transaction that opens or extends the round, because attributes may change
 * while the round is open. Works in the caller's transaction.
 */
@Component
public class RoundDraws {

    /** The draws of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "round_draw",
                    "run_id",
                    "FROM round_draw t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("eligible"),
                    whole("digest"),
                    bytes("asked"))
            .verifiedBy(row -> row.whole("digest")
                    == RowDigest.of(row.bytes("asked"), row.whole("round_number"), row.whole("eligible")));

    private final PlanCache plans;
    private final MemberRepository members;
    private final RoundMembers roundMembers;
    private final ClientDirectory clients;
    private final JdbcClient jdbc;

    RoundDraws(
            PlanCache plans,
            MemberRepository members,
            RoundMembers roundMembers,
            ClientDirectory clients,
            JdbcTemplate jdbc) {
        this.plans = plans;
        this.members = members;
        this.roundMembers = roundMembers;
        this.clients = clients;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /**
     * Draws and stores the members that an open round asks, if that depends on attributes: a sample of the
     * members that the run's selector chooses. An extended round asks all members that the selector chooses,
     * and all that it asked before.
     *
     * @param run locked; its round was just opened or extended
     * @param rules the rules that the round follows
     * @param candidates the result of {@link #candidates} for the round
     * @return the draw; empty if it does not depend on attributes
     */
    Optional<RoundDraw> draw(Run run, RoundRules rules, Optional<DrawCandidates> candidates) {
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        boolean extended = run.current().extended() > 0;
        RoundDraw draw =
                MemberDraw.draw(candidates.get(), rules, extended, plans.of(run).seed(), run.round());
        find(run.id(), run.round()).ifPresent(before -> draw.asked().or(before.asked()));
        store(run.id(), run.round(), draw);
        return Optional.of(draw);
    }

    /**
     * Reads the members of a round that the run's selector chooses now. This may take seconds in a run with a million members.
     *
     * @return empty if the choice of members in this run does not depend on attributes
     */
    Optional<DrawCandidates> candidates(long run, int round) {
        DeviceChoice choice = plans.of(run).devices();
        if (!choice.dependsOnAttributes()) {
            return Optional.empty();
        }
        // The query for the round's members does not see changes that Hibernate has not flushed.
        members.flush();
        Map<Long, String> values = choice.stratifyBy() == null ? Map.of() : clients.values(choice.stratifyBy());
        DrawCandidates candidates = new DrawCandidates(values.values());
        DeviceTurns turns = choice.turns();
        roundMembers.eligible(run, round, clients.devices(choice.sample()), row -> {
            candidates.add(row.getInt(1), values.getOrDefault(row.getLong(2), ""));
            if (turns != null && !turns.has(row.getString(3), round)) {
                candidates.waits(row.getInt(1));
            }
        });
        return Optional.of(candidates);
    }

    private void store(long run, int round, RoundDraw draw) {
        byte[] asked = OrdinalSet.encode(draw.asked());
        jdbc.sql("DELETE FROM round_draw WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .update();
        jdbc.sql("INSERT INTO round_draw (run_id, round_number, eligible, digest, asked) VALUES (?, ?, ?, ?, ?)")
                .params(
                        run,
                        round,
                        draw.eligible(),
                        RowDigest.of(asked, round, draw.eligible()),
                        Blobs.parameter(asked))
                .update();
    }

    /**
     * Returns the members that a round asked.
     *
     * @throws CorruptionException if the stored draw is damaged
     */
    public Optional<RoundDraw> find(long run, int round) {
        return jdbc.sql("SELECT eligible, digest, asked FROM round_draw WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .query((row, i) -> draw(run, round, row))
                .optional();
    }

    private static RoundDraw draw(long run, int round, ResultSet row) throws SQLException {
        byte[] asked = Objects.requireNonNull(Blobs.read(row, 3));
        if (row.getLong(2) != RowDigest.of(asked, round, row.getInt(1))) {
            throw new CorruptionException(
                    run,
                    round,
                    CorruptionException.NOBODY,
                    "the stored draw differs from the one that was written: its digest does not match");
        }
        return new RoundDraw(row.getInt(1), OrdinalSet.decode(asked));
    }
}
