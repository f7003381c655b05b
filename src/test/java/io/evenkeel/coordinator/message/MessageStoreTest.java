package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.StorageFixture;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.message.AcceptedMessage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

class MessageStoreTest {

    private static final int MEMBERS = 301;

    private final JdbcDataSource source = new JdbcDataSource();

    @TempDir
    Path folder;

    private MessageStore store;

    @BeforeEach
    void migrate() {
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        CoordinatorSchema.create(source, Dialect.H2);
        StorageFixture storage = new StorageFixture(source, Dialect.H2, new FolderStore(folder));
        MessagePayloads payloads =
                new MessagePayloads(new JdbcTemplate(source), new PayloadKeys(source), storage.segments(), Dialect.H2);
        store = new MessageStore(source, payloads, storage.bytes());
    }

    /** Stores three messages of each member in one round, as staleness allows. */
    @Test
    void returnsAllMessagesOfARoundInOrder() {
        fill(3);
        List<String> handed = new ArrayList<>();

        store.forEachIn(
                1,
                7,
                2,
                (ordinal, payload) ->
                        handed.add(ordinal + "/" + ByteBuffer.wrap(payload).getLong()));

        List<String> expected = new ArrayList<>();
        for (int ordinal = 0; ordinal < MEMBERS; ordinal++) {
            for (long sequence = 1; sequence <= 3; sequence++) {
                expected.add(ordinal + "/" + sequence);
            }
        }
        assertThat(handed).isEqualTo(expected);
    }

    @Test
    void findsMessagesByMembersAndRounds() {
        fill(3);

        List<AcceptedMessage> found = store.find(Map.of(1005L, "c5", 1006L, "c6", 99L, "nobody"), Set.of(5, 7, 99));

        assertThat(found)
                .extracting(message -> message.client() + "/" + message.round())
                .containsExactlyInAnyOrder("c5/5", "c5/7", "c6/5", "c6/7");
    }

    private void fill(int each) {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        jdbc.execute("SET REFERENTIAL_INTEGRITY FALSE");
        List<Object[]> members = new ArrayList<>();
        List<Object[]> messages = new ArrayList<>();
        List<Object[]> payloads = new ArrayList<>();
        for (int ordinal = 0; ordinal < MEMBERS; ordinal++) {
            members.add(new Object[] {1000 + ordinal, "c" + ordinal, ordinal});
            for (int sequence = 1; sequence <= each; sequence++) {
                byte[] payload =
                        ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
                payloads.add(new Object[] {payloads.size(), payload});
                messages.add(new Object[] {
                    1000 + ordinal, 4 + sequence, ordinal, sequence, Digest.of(payload), messages.size()
                });
            }
        }
        Collections.shuffle(messages, new Random(1));
        jdbc.batchUpdate(
                "INSERT INTO member (id, run_id, client_id, ordinal, weight, active_from, joined_at)"
                        + " VALUES (?, 1, ?, ?, 1, 0, CURRENT_TIMESTAMP)",
                members);
        jdbc.batchUpdate(
                "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest, accepted_at,"
                        + " bytes, payload_id) VALUES (?, ?, 1, ?, 7, ?, ?, CURRENT_TIMESTAMP, 8, ?)",
                messages);
        jdbc.batchUpdate("INSERT INTO message_payload (id, data) VALUES (?, ?)", payloads);
    }
}
