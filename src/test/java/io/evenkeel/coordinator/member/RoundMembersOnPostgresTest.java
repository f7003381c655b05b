package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnPostgres
@Tag("full")
class RoundMembersOnPostgresTest extends RoundMembersTest {

    @Autowired
    RoundMembersOnPostgresTest(
            Api api,
            JdbcTemplate jdbc,
            PlanCache plans,
            RoundMembers members,
            MemberRepository repository,
            DurableTransactions transactions) {
        super(api, jdbc, plans, members, repository, transactions);
    }
}
