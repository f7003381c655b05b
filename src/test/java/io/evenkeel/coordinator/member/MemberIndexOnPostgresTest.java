package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnPostgres
class MemberIndexOnPostgresTest extends MemberIndexTest {

    private final JdbcTemplate database;

    @Autowired
    MemberIndexOnPostgresTest(Api api, JdbcTemplate jdbc, PlanCache plans) {
        super(api, jdbc, plans);
        this.database = jdbc;
    }

    /** Returns enough rows to make reading the whole table more expensive than the index. */
    @Override
    int members() {
        return 20_000;
    }

    @Test
    @Override
    void acceptanceFindsMembersByTheIndexOnTheirClients() {
        database.execute("ANALYZE member");
        super.acceptanceFindsMembersByTheIndexOnTheirClients();
    }

    @Test
    @Override
    void roundsFindMembersThatTakeNoPartByTheIndexOnLeaving() {
        database.execute("ANALYZE member");
        super.roundsFindMembersThatTakeNoPartByTheIndexOnLeaving();
    }
}
