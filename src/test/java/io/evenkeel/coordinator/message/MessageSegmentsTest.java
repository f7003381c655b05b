package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.StorageFixture;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.core.wire.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tests payloads in segments, from writing to deletion, on H2 and in a folder; subclasses use other databases and
 * stores.
 */
class MessageSegmentsTest {

    private static final long RUN = 1;
    private static final int LONG = 900;

    @TempDir
    Path folder;

    private final Map<Long, byte[]> live = new TreeMap<>();
    private final Random random = new Random(5);
    private CountedStore objects;
    private DataSource source;
    private JdbcTemplate jdbc;
    private StorageFixture storage;
    private MessagePayloads payloads;
    private MessageStore store;
    private SegmentRewriting rewriting;
    private int messages;

    /** Returns an empty database. */
    protected DataSource database() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        CoordinatorSchema.create(h2, Dialect.H2);
        return h2;
    }

    protected Dialect dialect() {
        return Dialect.H2;
    }

    /** Returns an empty store. */
    protected ObjectStore objects() {
        return new FolderStore(folder);
    }

    /** Counts the requests to a store, and fails when a test requests it. */
    private static final class CountedStore implements ObjectStore {

        private final ObjectStore store;
        private final Map<String, Long> lengths = new TreeMap<>();
        private int reads;
        private boolean isAway;

        CountedStore(ObjectStore store) {
            this.store = store;
        }

        @Override
        public void put(String name, Content content) {
            if (isAway) {
                throw new ObjectStoreException("a test's", "write", new IOException("it is unreachable"));
            }
            store.put(name, content);
            lengths.put(name, content.length());
        }

        @Override
        public InputStream open(ObjectRange range) {
            reads++;
            return store.open(range);
        }

        @Override
        public void delete(String name) {
            store.delete(name);
            lengths.remove(name);
        }

        @Override
        public List<String> list(String after, int limit) {
            return store.list(after, limit);
        }

        @Override
        public void check() {
            store.check();
        }

        long bytes() {
            return lengths.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    @BeforeEach
    void start() {
        source = database();
        jdbc = new JdbcTemplate(source);
        objects = new CountedStore(objects());
        storage = new StorageFixture(source, dialect(), objects);
        payloads = new MessagePayloads(jdbc, new PayloadKeys(source), storage.segments(), dialect());
        store = new MessageStore(source, payloads, storage.bytes());
        rewriting = new SegmentRewriting(
                payloads,
                storage.segments(),
                storage.bytes(),
                storage.transactions(),
                storage.settings(),
                storage.failures());
        jdbc.execute("ALTER TABLE message DROP CONSTRAINT "
                + jdbc.queryForObject(
                        "SELECT constraint_name FROM information_schema.table_constraints"
                                + " WHERE LOWER(table_name) = 'message' AND constraint_type = 'FOREIGN KEY'",
                        String.class));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private StoredMessage message(int round, byte[] payload) {
        int number = messages++;
        return new StoredMessage(
                number, number, 0, round, 1, Digest.of(payload), Instant.EPOCH, payload.length, payload);
    }

    /** Inserts messages of a round as a batch, and returns the payloads' keys. */
    private List<Long> batch(int round, int... lengths) {
        List<StoredMessage> rows = new ArrayList<>();
        for (int length : lengths) {
            rows.add(message(round, bytes(length)));
        }
        storage.transactions().write(() -> store.importAll(RUN, rows));
        List<Long> keys = new ArrayList<>();
        for (StoredMessage row : rows) {
            long key = jdbc.queryForList("SELECT payload_id FROM message WHERE member_id = ?", Long.class, row.member())
                    .get(0);
            keys.add(key);
            live.put(key, row.payload());
        }
        return keys;
    }

    private void delete(List<Long> keys) {
        storage.transactions().write(() -> payloads.delete(keys));
        keys.forEach(key -> {
            live.remove(key);
            jdbc.update("DELETE FROM message WHERE payload_id = ?", key);
        });
    }

    private List<byte[]> read(int round) {
        List<byte[]> read = new ArrayList<>();
        storage.transactions().write(() -> store.forEachIn(RUN, round, 2, (ordinal, payload) -> read.add(payload)));
        return read;
    }

    private int segments() {
        return objects.lengths.size();
    }

    private void assertReadable(int round) {
        assertThat(read(round)).containsExactlyElementsOf(live.values());
    }

    @Test
    void aBatchIsOneObjectAndIsReadWithOneRequest() {
        List<Long> keys = batch(0, LONG, 100, LONG, 0, LONG);

        assertThat(segments()).isEqualTo(1);
        assertReadable(0);
        assertThat(objects.reads).isEqualTo(1);
        assertThat(jdbc.queryForList("SELECT id FROM message_payload WHERE data IS NOT NULL ORDER BY id", Long.class))
                .as("short ones stay in their rows")
                .containsExactly(keys.get(1), keys.get(3));
    }

    @Test
    void aSmallBatchStaysInItsRows() {
        batch(0, LONG);

        assertThat(segments()).isZero();
        assertReadable(0);
    }

    @Test
    void aSegmentIsDeletedWithItsLastMessage() {
        List<Long> keys = batch(0, LONG, LONG, LONG);
        delete(keys.subList(0, 2));
        storage.sweep();
        assertThat(segments()).isEqualTo(1);
        assertReadable(0);

        delete(keys.subList(2, 3));
        delete(keys);
        storage.sweep();

        assertThat(segments()).isZero();
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM stored_object WHERE bytes > 0", Long.class))
                .isZero();
    }

    @Test
    void aFailedTransactionLeavesASegmentThatIsSweptAndNoMessage() {
        List<StoredMessage> rows = List.of(message(0, bytes(LONG)), message(0, bytes(LONG)));
        assertThatIllegalStateException()
                .isThrownBy(() -> storage.transactions().write(() -> {
                    store.importAll(RUN, rows);
                    throw new IllegalStateException("as if the process were killed");
                }));
        assertThat(segments()).isEqualTo(1);
        assertThat(read(0)).isEmpty();

        storage.sweep();
        assertThat(segments()).isZero();

        storage.transactions().write(() -> store.importAll(RUN, rows));
        assertThat(read(0))
                .extracting(Digest::of)
                .containsExactly(rows.get(0).digest(), rows.get(1).digest());
    }

    @Test
    void messagesStayInTheirRowsWhileTheStoreIsUnavailable() {
        objects.isAway = true;
        batch(0, LONG, LONG);

        assertThat(segments()).isZero();
        assertReadable(0);
    }

    @Test
    void theRemainingMessagesOfSparseSegmentsMoveToANewOne() {
        for (int i = 0; i < 3; i++) {
            List<Long> keys = batch(0, LONG, LONG, LONG, LONG, LONG);
            delete(keys.subList(1, 5));
        }
        batch(0, LONG, LONG);

        assertThat(rewriting.step()).isTrue();
        assertThat(rewriting.step()).isFalse();
        storage.sweep();

        assertThat(segments()).isEqualTo(2);
        assertThat(objects.bytes()).isEqualTo(5L * LONG);
        assertReadable(0);
        delete(List.copyOf(live.keySet()));
        storage.sweep();
        assertThat(segments()).isZero();
    }

    @Test
    void anInterruptedRewriteChangesNothing() {
        List<Long> keys = batch(0, LONG, LONG, LONG, LONG, LONG);
        delete(keys.subList(1, 5));
        storage.segments().put(List.of(bytes(LONG)));
        assertThat(segments()).isEqualTo(2);
        assertReadable(0);

        storage.sweep();
        assertThat(segments()).isEqualTo(1);
        assertThat(rewriting.step()).isTrue();
        assertReadable(0);
    }

    @Test
    void aMessageDeletedWhileItsSegmentIsRewrittenIsNotReferencedAgain() {
        List<Long> keys = batch(0, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG);
        delete(keys.subList(2, 9));
        var left = payloads.in(storage.segments().sparse(10).get(0));
        List<String> ranges = storage.segments().put(List.of(live.get(keys.get(0)), live.get(keys.get(1))));
        delete(keys.subList(0, 1));
        storage.transactions().write(() -> payloads.move(left, ranges));
        storage.transactions().write(() -> payloads.move(left, ranges));
        storage.sweep();

        assertReadable(0);
        assertThat(jdbc.queryForList("SELECT used FROM stored_object WHERE bytes > 0", Integer.class))
                .containsExactly(1);
    }

    @Test
    void aLostSegmentIsNamedAndStopsOnlyWhatNeedsIt() {
        batch(0, LONG, LONG);
        String name = objects.lengths.keySet().iterator().next();
        batch(1, LONG, LONG);
        objects.delete(name);

        assertThatThrownBy(() -> read(0))
                .isInstanceOfSatisfying(CorruptionException.class, lost -> {
                    assertThat(lost.missing())
                            .hasValueSatisfying(
                                    range -> assertThat(range.name()).isEqualTo(name));
                    assertThat(lost.run()).isEqualTo(RUN);
                    assertThat(lost.round()).isZero();
                })
                .hasMessageContaining("object " + name + " is not in the object store");
        assertThat(read(1)).hasSize(2);
    }

    @Test
    void aLostSegmentDoesNotKeepOthersFromBeingRewritten() {
        List<Long> lost = batch(0, LONG, LONG, LONG, LONG, LONG);
        objects.delete(objects.lengths.keySet().iterator().next());
        delete(lost.subList(1, 5));
        live.remove(lost.get(0));
        List<Long> keys = batch(1, LONG, LONG, LONG, LONG, LONG);
        delete(keys.subList(1, 5));

        assertThat(rewriting.step()).isTrue();
        assertThat(rewriting.step()).isFalse();
        storage.sweep();
        assertThat(objects.bytes()).isEqualTo(LONG);
        assertReadable(1);
    }

    /** Compacts members in any order, and some members rarely. */
    @Test
    void theObjectsAreBoundedByTheLiveBytesForAnyOrderOfCompaction() {
        for (int step = 0; step < 60; step++) {
            batch(0, random.ints(1 + random.nextInt(12), 600, 2000).toArray());
            List<Long> compacted = live.keySet().stream()
                    .filter(key -> random.nextInt(10) < (key % 7 == 0 ? 1 : 7))
                    .toList();
            delete(compacted);
            while (rewriting.step()) {
                storage.sweep();
            }
            storage.sweep();

            long bytes =
                    live.values().stream().mapToLong(payload -> payload.length).sum();
            assertThat(objects.bytes()).as("step %d", step).isLessThanOrEqualTo(4 * bytes);
            assertReadable(0);
        }
    }
}
