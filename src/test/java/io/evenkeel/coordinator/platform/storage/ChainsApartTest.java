package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Migrations;
import io.evenkeel.coordinator.testing.Postgres;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The migration that takes members' chains out of their rows, with members there: none loses or mixes up its chain. */
class ChainsApartTest {

    @Test
    void chainsStayTheirMembersOnH2() {
        chainsStayTheirMembers(new DriverManagerDataSource("jdbc:h2:mem:chains;DB_CLOSE_DELAY=-1"), Dialect.H2);
    }

    @Test
    void chainsStayTheirMembersOnPostgres() {
        chainsStayTheirMembers(new DriverManagerDataSource(Postgres.shared().newDatabase()), Dialect.POSTGRESQL);
    }

    private static void chainsStayTheirMembers(DriverManagerDataSource source, Dialect dialect) {
        Migrations.migrate(source, dialect, "8");
        JdbcTemplate jdbc = new JdbcTemplate(source);
        Migrations.insertRun(source);
        for (long member = 1; member <= 3; member++) {
            jdbc.update(
                    "INSERT INTO member (id, run_id, client_id, ordinal, weight, active_from, sequence, head, last_round,"
                            + " bytes, joined_at) VALUES (?, 1, ?, ?, 1, 0, ?, ?, ?, ?, CURRENT_TIMESTAMP)",
                    member,
                    "c" + member,
                    member,
                    10 + member,
                    20 + member,
                    30 + member,
                    40 + member);
        }

        Migrations.migrate(source, dialect, "9");

        assertThat(jdbc.query(
                        "SELECT m.client_id, c.sequence, c.head, c.last_round, c.bytes FROM member m"
                                + " JOIN member_chain c ON c.member_id = m.id ORDER BY m.ordinal",
                        (row, i) -> List.<Object>of(
                                row.getString(1), row.getLong(2), row.getLong(3), row.getInt(4), row.getLong(5))))
                .containsExactly(
                        List.of("c1", 11L, 21L, 31, 41L),
                        List.of("c2", 12L, 22L, 32, 42L),
                        List.of("c3", 13L, 23L, 33, 43L));
    }
}
