package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.ObjectNames;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores the bytes of rows: short values in a column, and longer ones in the object store. The range of a
 * longer value is in the next column, whose name has {@code _at} appended. Thread-safe.
 *
 * <p>Bytes are durable before the transaction that inserts their row: {@link #place} is called before the
 * transaction, and {@link #keep} within it. An object is recorded in a separate transaction before it is
 * written. So if the row's transaction fails, the object is known to be unused, and {@link ObjectSweep}
 * deletes it, just as it deletes objects whose rows were deleted.
 */
@Component
public class StoredBytes {

    /** The suffix that turns the name of a column of bytes into that of its column of ranges. */
    static final String RANGE = "_at";

    private static final int BUFFER = 1 << 16;

    /** The maximum number of unneeded bytes to read in order to save a request. */
    private static final int MAX_GAP = 1 << 16;

    /** The number of names that one step compares with those in the store. */
    private static final int NAMES = 1000;

    private static final Duration PAUSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(StoredBytes.class);

    private final ObjectStore store;
    private final ObjectTable table;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate separate;
    private final IdleTransactions idle;
    private final Dialect dialect;
    private final long inline;
    private final Clock clock;

    StoredBytes(
            ObjectStore store,
            ObjectTable table,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            IdleTransactions idle,
            Dialect dialect,
            StorageSettings settings,
            Clock clock) {
        this.store = store;
        this.table = table;
        this.jdbc = jdbc;
        this.separate = new TransactionTemplate(transactions);
        this.separate.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.idle = idle;
        this.dialect = dialect;
        this.inline = settings.inline().toBytes();
        this.clock = clock;
    }

    /** The locations of values, as parameters for their columns. Immutable. */
    public static final class Placed {

        private final List<byte @Nullable []> bytes = new ArrayList<>();
        private final List<@Nullable ObjectRange> ranges = new ArrayList<>();

        private Placed() {}

        /** Returns the parameter for a value's column of bytes. */
        public byte @Nullable [] bytes(int value) {
            return bytes.get(value);
        }

        /** Returns the parameter for a value's column of ranges. */
        public @Nullable String range(int value) {
            ObjectRange range = ranges.get(value);
            return range == null ? null : range.toString();
        }

        private List<ObjectRange> inObject() {
            return ranges.stream().filter(Objects::nonNull).toList();
        }
    }

    /**
     * Stores those values that are too long for a row in one object. Must not be called in a transaction that
     * holds a lock, because the store may take a long time.
     *
     * @param values the values; null for an absent one
     */
    public Placed place(List<@Nullable Content> values) {
        String name = ObjectNames.next(clock.instant());
        Placed placed = new Placed();
        List<Content> parts = new ArrayList<>();
        long offset = 0;
        for (Content value : values) {
            boolean isLong = value != null && value.length() > inline;
            placed.bytes.add(value == null || isLong ? null : array(value));
            placed.ranges.add(isLong ? new ObjectRange(name, offset, value.length()) : null);
            if (isLong) {
                parts.add(value);
                offset += value.length();
            }
        }
        if (!parts.isEmpty()) {
            long length = offset;
            separate.executeWithoutResult(status -> table.insert(name, length));
            store.put(name, Content.joined(parts));
        }
        return placed;
    }

    /** Stores values as {@link #place(List)} does. */
    public Placed place(@Nullable Content... values) {
        return place(Arrays.asList(values));
    }

    private static byte[] array(Content value) {
        try {
            return value.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Records in the caller's transaction that rows refer to placed values.
     *
     * @throws IllegalStateException if the values were placed longer ago than the grace time and the object
     *     has been deleted
     */
    public void keep(Placed placed) {
        List<ObjectRange> ranges = placed.inObject();
        if (!ranges.isEmpty() && !table.use(ranges.get(0).name(), ranges.size())) {
            throw new IllegalStateException("object " + ranges.get(0).name()
                    + " was deleted before a row referred to it: make evenkeel.storage.grace longer than a"
                    + " transaction takes");
        }
    }

    /**
     * Records in the caller's transaction that rows no longer refer to a value. The range is null for a value
     * that was in its row.
     */
    public void release(@Nullable String range) {
        if (range != null) {
            table.release(ObjectRange.parse(range).name());
        }
    }

    /**
     * Deletes rows, and releases the objects that they refer to. Works in the caller's transaction.
     *
     * @param condition with a question mark for each parameter
     * @param limit the maximum number of rows
     * @param columns the columns of bytes
     * @return the number of deleted rows
     */
    public int delete(String from, String condition, int limit, List<String> columns, Object... parameters) {
        if (columns.isEmpty()) {
            return jdbc.update(dialect.deletion(from, condition, limit), parameters);
        }
        List<String> ranges = columns.stream().map(column -> column + RANGE).toList();
        List<String> released = new ArrayList<>();
        int rows = jdbc.query(
                        dialect.deletionReturning(from, condition, limit, ranges),
                        (row, i) -> {
                            for (int column = 1; column <= columns.size(); column++) {
                                released.add(row.getString(column));
                            }
                            return i;
                        },
                        parameters)
                .size();
        released.forEach(this::release);
        return rows;
    }

    /** Returns question marks for a list of parameters. */
    public static String marks(List<?> parameters) {
        return String.join(", ", Collections.nCopies(parameters.size(), "?"));
    }

    /**
     * Opens a value of a row. The next column must contain its range.
     *
     * @throws MissingObjectException if it is not in the store, although rows refer to it
     */
    public InputStream open(ResultSet row, int column) throws SQLException {
        String range = row.getString(column + 1);
        if (range != null) {
            return new BufferedInputStream(open(ObjectRange.parse(range)), BUFFER);
        }
        InputStream in = row.getBinaryStream(column);
        return in == null ? new ByteArrayInputStream(new byte[0]) : in;
    }

    /**
     * Allows the transaction to be idle, because its caller reads up to several gigabytes from the store,
     * which may take longer than the duration of a lease.
     */
    private InputStream open(ObjectRange range) {
        idle.allowIfReadOnly();
        try {
            return store.open(range);
        } catch (MissingObjectException e) {
            boolean isLost = Boolean.TRUE.equals(separate.execute(status -> table.isNamed(range.name())));
            throw isLost ? e : deletedMeanwhile();
        }
    }

    /**
     * Returns the problem for an object that was deleted in the meantime. Nothing is lost, because the
     * caller's transaction sees an old version of the row, from before the object was released.
     */
    private static ProblemException deletedMeanwhile() {
        ProblemException refusal = ProblemKind.BUSY
                .because(
                        "an object without references was deleted, because the request took longer than"
                                + " evenkeel.storage.segment-grace, or evenkeel.storage.grace",
                        "send the same request again, or make these settings longer")
                .retryAfter(PAUSE);
        LOG.warn("A request failed: {}; {}", refusal.detail(), refusal.action());
        return refusal;
    }

    /**
     * Compares the objects that rows refer to with those in the store. Must not be called inside a
     * transaction, because it sends a request for every thousand objects.
     *
     * @return the sorted names of the missing objects
     */
    public NavigableSet<String> missing() {
        NavigableSet<String> missing = new TreeSet<>();
        List<String> named = table.named("", NAMES);
        while (!named.isEmpty()) {
            // Checks again, because an object may be moved or deleted while the store is listed.
            store.missing(named).stream()
                    .filter(name -> isMissing(new ObjectRange(name, 0, 1)))
                    .forEach(missing::add);
            named = table.named(named.get(named.size() - 1), NAMES);
        }
        return missing;
    }

    /**
     * Returns whether rows refer to an object that is not in the store, or that ends before a range. Reads
     * one byte.
     */
    public boolean isMissing(ObjectRange range) {
        try (InputStream in = store.open(new ObjectRange(range.name(), range.end() - 1, 1))) {
            return in.read() < 0;
        } catch (MissingObjectException e) {
            return table.isNamed(range.name());
        } catch (IOException e) {
            throw new ObjectStoreException(store.toString(), "read object " + range.name(), e);
        }
    }

    /**
     * Returns the length of a value that {@link #open} opens. The column after that of its range must contain
     * the OCTET_LENGTH of its bytes.
     */
    public long length(ResultSet row, int column) throws SQLException {
        String range = row.getString(column + 1);
        return range == null
                ? row.getLong(column + 2)
                : ObjectRange.parse(range).length();
    }

    /**
     * Reads a value of a row, null for NULL. The next column must contain its range.
     *
     * @throws MissingObjectException if it is not in the store, although rows refer to it
     */
    public byte @Nullable [] read(ResultSet row, int column) throws SQLException {
        String range = row.getString(column + 1);
        return range == null ? Blobs.read(row, column) : read(ObjectRange.parse(range));
    }

    private byte[] read(ObjectRange range) {
        return Objects.requireNonNull(read(List.of(range.toString())).get(range.toString()));
    }

    /**
     * Reads parts of objects, with one request for adjacent parts.
     *
     * @return the bytes of each range
     * @throws MissingObjectException if a referenced object is not in the store
     */
    public Map<String, byte[]> read(Collection<String> ranges) {
        List<ObjectRange> sorted = ranges.stream()
                .distinct()
                .map(ObjectRange::parse)
                .sorted(Comparator.comparing(ObjectRange::name).thenComparing(ObjectRange::offset))
                .toList();
        Map<String, byte[]> read = new HashMap<>();
        int from = 0;
        for (int to = 1; to <= sorted.size(); to++) {
            if (to == sorted.size() || !isNear(sorted.get(to - 1), sorted.get(to))) {
                readTogether(sorted.subList(from, to), read);
                from = to;
            }
        }
        return read;
    }

    private static boolean isNear(ObjectRange range, ObjectRange next) {
        long gap = next.offset() - range.end();
        return range.name().equals(next.name()) && gap >= 0 && gap <= MAX_GAP;
    }

    private void readTogether(List<ObjectRange> ranges, Map<String, byte[]> read) {
        ObjectRange first = ranges.get(0);
        long length = ranges.get(ranges.size() - 1).end() - first.offset();
        ObjectRange whole = new ObjectRange(first.name(), first.offset(), length);
        try (InputStream in = open(whole)) {
            long position = first.offset();
            for (ObjectRange range : ranges) {
                in.skipNBytes(range.offset() - position);
                byte[] bytes = new byte[Math.toIntExact(range.length())];
                if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                    throw MissingObjectException.tooShort(range, store.toString());
                }
                read.put(range.toString(), bytes);
                position = range.end();
            }
        } catch (EOFException e) {
            throw MissingObjectException.tooShort(whole, store.toString());
        } catch (IOException e) {
            throw new ObjectStoreException(store.toString(), "read object " + first.name(), e);
        }
    }
}
