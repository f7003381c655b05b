package io.evenkeel.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The database finds the members of a batch of messages, and the members that do not take part in a round, by index
 * instead of by full scans.
 */
@CoordinatorTest
class MemberIndexTest {

    private final Api api;
    private final JdbcTemplate jdbc;
    private final PlanCache plans;
    private long run;

    MemberIndexTest(@Autowired Api api, @Autowired JdbcTemplate jdbc, @Autowired PlanCache plans) {
        this.api = api;
        this.jdbc = jdbc;
        this.plans = plans;
    }

    /** Inserts the members directly, since joining would take a request for each. */
    @BeforeEach
    void fillARun() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "\"participants\":{\"min\":1}");
        run = plans.named(scene.run).run();
        jdbc.batchUpdate(
                "INSERT INTO member (run_id, client_id, ordinal, weight, active_from, joined_at)"
                        + " VALUES (?, ?, ?, 1, 0, CURRENT_TIMESTAMP)",
                IntStream.range(0, members())
                        .mapToObj(ordinal -> new Object[] {run, "index" + ordinal, ordinal})
                        .toList());
    }

    /**
     * Returns the number of members, which is so small that H2 has no statistics yet and chooses among indexes by age.
     */
    int members() {
        return 1000;
    }

    @AfterEach
    void emptyTheRun() {
        jdbc.update("DELETE FROM member WHERE run_id = ?", run);
    }

    @Test
    void acceptanceFindsMembersByTheIndexOnTheirClients() {
        SqlArrayValue senders = new SqlArrayValue(
                "VARCHAR", IntStream.range(0, 20).mapToObj(i -> "index" + i * 7).toArray());

        List<String> plan = jdbc.queryForList("EXPLAIN " + MemberTable.OF_CLIENTS, String.class, senders, run);

        assertThat(String.join("\n", plan).toLowerCase(Locale.ROOT)).contains("member_by_client");
    }

    @Test
    void roundsFindMembersThatTakeNoPartByTheIndexOnLeaving() {
        jdbc.update("UPDATE member SET left_after = 0 WHERE run_id = ? AND MOD(ordinal, 100) = 0", run);
        String counts = String.format(RoundMembers.INACTIVE, "COUNT(*)")
                .replace(":run", Long.toString(run))
                .replace(":round", "3");

        List<String> plan = jdbc.queryForList("EXPLAIN " + counts, String.class);

        assertThat(String.join("\n", plan).toLowerCase(Locale.ROOT).split("member_by_leaving", -1))
                .as("three ranges of the index")
                .hasSize(4);
    }
}
