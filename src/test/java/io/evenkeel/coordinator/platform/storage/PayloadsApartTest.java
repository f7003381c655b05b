package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.message.PayloadKeys;
import io.evenkeel.coordinator.testing.Migrations;
import io.evenkeel.coordinator.testing.Postgres;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The migration that takes payloads out of the messages' rows, with messages there, and the keys of those that come after it. */
class PayloadsApartTest {

    @Test
    void payloadsGoWithTheirMessagesOnH2() {
        payloadsGoWithTheirMessages(new DriverManagerDataSource("jdbc:h2:mem:apart;DB_CLOSE_DELAY=-1"), Dialect.H2);
    }

    @Test
    void payloadsGoWithTheirMessagesOnPostgres() {
        payloadsGoWithTheirMessages(
                new DriverManagerDataSource(Postgres.shared().newDatabase()), Dialect.POSTGRESQL);
    }

    private static void payloadsGoWithTheirMessages(DriverManagerDataSource source, Dialect dialect) {
        Migrations.migrate(source, dialect, "7");
        JdbcTemplate jdbc = new JdbcTemplate(source);
        Migrations.insertRun(source);
        for (long member = 1; member <= 3; member++) {
            jdbc.update(
                    "INSERT INTO member (id, run_id, client_id, ordinal, weight, active_from, sequence, head, last_round,"
                            + " joined_at) VALUES (?, 1, ?, ?, 1, 0, 0, 0, 0, CURRENT_TIMESTAMP)",
                    member,
                    "c" + member,
                    member);
            for (int round = 0; round < 4; round++) {
                jdbc.update(
                        "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest,"
                                + " accepted_at, bytes, payload) VALUES (?, ?, 1, ?, ?, ?, 0, CURRENT_TIMESTAMP, 2, ?)",
                        member,
                        round,
                        member,
                        round,
                        round + 1,
                        round == 0 ? null : content(member, round));
            }
        }

        Migrations.migrate(source, dialect, "8");

        assertThat(jdbc.query(
                        "SELECT g.member_id, g.round_number, p.data FROM message g"
                                + " JOIN message_payload p ON p.id = g.payload_id",
                        (row, i) -> {
                            assertThat(row.getBytes(3)).isEqualTo(content(row.getLong(1), row.getInt(2)));
                            return row.getInt(2);
                        }))
                .containsExactlyInAnyOrder(1, 1, 1, 2, 2, 2, 3, 3, 3);
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM message WHERE payload_id IS NULL", Integer.class))
                .isEqualTo(3);
    }

    @Test
    void twoCoordinatorsGiveNoKeyTwiceAndEachAscending() {
        DriverManagerDataSource source =
                new DriverManagerDataSource(Postgres.shared().newDatabase());
        Migrations.migrate(source, Dialect.POSTGRESQL, "8");
        PayloadKeys here = new PayloadKeys(source);
        PayloadKeys there = new PayloadKeys(source);
        long[] keys = new long[6000];
        for (int i = 0; i < keys.length; i += 2) {
            keys[i] = here.next();
            keys[i + 1] = there.next();
            if (i > 0) {
                assertThat(keys[i]).isGreaterThan(keys[i - 2]);
            }
        }
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(LongStream.of(keys).min().orElseThrow()).isPositive();
    }

    private static byte[] content(long member, int round) {
        return new byte[] {(byte) member, (byte) round};
    }
}
