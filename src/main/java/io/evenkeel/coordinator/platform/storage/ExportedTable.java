package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/**
 * A table in an export file, with its columns in the order of the file and the query for the rows of one run
 * or model. Declared by the class that maps the table. Columns and their order are part of the file format
 * and never change. Immutable.
 */
public final class ExportedTable {

    private static final int NAMES = 1000;

    private final String name;
    private final @Nullable String key;
    private final String from;
    private final List<ExportedColumn> columns;
    private final Predicate<ExportedRow> soundness;

    private ExportedTable(
            String name,
            @Nullable String key,
            String from,
            List<ExportedColumn> columns,
            Predicate<ExportedRow> soundness) {
        this.name = name;
        this.key = key;
        this.from = from;
        this.columns = columns;
        this.soundness = soundness;
    }

    /**
     * Declares a table.
     *
     * @param name its name
     * @param key a column that is not in the file and is set by the import, such as {@code run_id}
     * @param from the query without its SELECT list; the table's alias is {@code t}, and the query has one
     *     parameter
     * @param columns the columns in the file
     */
    public static ExportedTable of(String name, String key, String from, ExportedColumn... columns) {
        return new ExportedTable(name, key, from, Arrays.asList(columns), row -> true);
    }

    /** Declares a table without a key that the import sets; {@link #of} describes the parameters. */
    public static ExportedTable withoutKey(String name, String from, ExportedColumn... columns) {
        return new ExportedTable(name, null, from, Arrays.asList(columns), row -> true);
    }

    /**
     * Returns a copy of this table with a check of each row, such as a comparison of its bytes with its
     * digest.
     */
    public ExportedTable verifiedBy(Predicate<ExportedRow> check) {
        return new ExportedTable(name, key, from, columns, check);
    }

    /** Returns the table's name. */
    public String name() {
        return name;
    }

    /** Returns the columns in the order of the file. */
    public List<ExportedColumn> columns() {
        return columns;
    }

    boolean isSound(ExportedRow row) {
        return soundness.test(row);
    }

    int index(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException("an export of " + name + " has no column " + column);
    }

    /**
     * Passes the rows to a receiver one by one. Works in the caller's transaction.
     *
     * @param atOnce maximum number of rows in memory
     * @param parameter the parameter of the query
     */
    public void forEach(
            JdbcTemplate jdbc, StoredBytes bytes, int atOnce, @Nullable Object parameter, Consumer<ExportedRow> sink) {
        JdbcTemplate streams = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        streams.setFetchSize(atOnce);
        String selected = columns.stream().map(ExportedColumn::expression).collect(Collectors.joining(", "));
        streams.query(
                "SELECT " + selected + " " + from,
                row -> {
                    sink.accept(row(row, bytes));
                },
                new @Nullable Object[] {parameter});
    }

    /**
     * Passes the names of the objects that contain the rows' long values to a receiver. A name may be passed
     * several times. Works in the caller's transaction.
     *
     * @param parameter the parameter of the query
     */
    public void forEachObject(JdbcTemplate jdbc, Object parameter, Consumer<String> sink) {
        List<String> ranges = columns.stream()
                .filter(ExportedColumn::isStored)
                .map(ExportedColumn::range)
                .toList();
        JdbcTemplate streams = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        streams.setFetchSize(NAMES);
        streams.query(
                "SELECT " + String.join(", ", ranges) + " " + from,
                row -> {
                    for (int column = 1; column <= ranges.size(); column++) {
                        String range = row.getString(column);
                        if (range != null) {
                            sink.accept(ObjectRange.parse(range).name());
                        }
                    }
                },
                parameter);
    }

    private ExportedRow row(ResultSet row, StoredBytes bytes) throws SQLException {
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        int index = 1;
        for (int i = 0; i < values.length; i++) {
            values[i] = columns.get(i).read(row, index, bytes);
            index += columns.get(i).width();
        }
        return new ExportedRow(this, values);
    }

    /**
     * Inserts rows in one batch.
     *
     * @param keys returns the value of a row's key
     */
    public void insert(JdbcTemplate jdbc, List<ExportedRow> rows, Function<ExportedRow, @Nullable Object> keys) {
        jdbc.batchUpdate(
                insertion(),
                rows.stream().map(row -> parameters(row, keys.apply(row))).toList());
    }

    /**
     * Inserts rows as {@link #insert(JdbcTemplate, List, Function)} does, and stores their long values in one
     * object.
     */
    public void insert(
            JdbcTemplate jdbc,
            StoredBytes bytes,
            List<ExportedRow> rows,
            Function<ExportedRow, @Nullable Object> keys) {
        List<String> stored = storedColumns();
        List<@Nullable Content> values = new ArrayList<>();
        for (ExportedRow row : rows) {
            stored.forEach(column -> values.add(row.get(column) instanceof byte[] some ? Content.of(some) : null));
        }
        StoredBytes.Placed placed = bytes.place(values);
        AtomicInteger next = new AtomicInteger();
        jdbc.batchUpdate(
                insertion(),
                rows.stream()
                        .map(row -> parameters(row, keys.apply(row), placed, next))
                        .toList());
        bytes.keep(placed);
    }

    private List<String> storedColumns() {
        return columns.stream()
                .filter(ExportedColumn::isStored)
                .map(ExportedColumn::name)
                .toList();
    }

    /** Inserts rows of a table without a key in one batch. */
    public void insert(JdbcTemplate jdbc, List<ExportedRow> rows) {
        insert(jdbc, rows, row -> null);
    }

    /** Inserts a row and returns its {@code id}, which the database generates. */
    public long insertForId(JdbcTemplate jdbc, ExportedRow row, @Nullable Object keyOfRow) {
        GeneratedKeyHolder id = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(insertion(), new String[] {"id"});
                    @Nullable Object[] parameters = parameters(row, keyOfRow);
                    for (int i = 0; i < parameters.length; i++) {
                        StatementCreatorUtils.setParameterValue(
                                statement, i + 1, SqlTypeValue.TYPE_UNKNOWN, parameters[i]);
                    }
                    return statement;
                },
                id);
        return Objects.requireNonNull(id.getKey()).longValue();
    }

    /**
     * Deletes rows by key, up to a limit, together with their objects in the object store.
     *
     * @param keyOfRows the value of the key, such as the run's
     * @return the number of deleted rows
     */
    public int delete(StoredBytes bytes, Object keyOfRows, int limit) {
        return bytes.delete(name, Objects.requireNonNull(key) + " = ?", limit, storedColumns(), keyOfRows);
    }

    private String insertion() {
        List<String> names = own().flatMap(column -> column.isStored()
                        ? Stream.of(column.name(), column.name() + StoredBytes.RANGE)
                        : Stream.of(column.name()))
                .collect(Collectors.toCollection(ArrayList::new));
        if (key != null) {
            names.add(key);
        }
        return "INSERT INTO " + name + " (" + String.join(", ", names) + ") VALUES ("
                + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
    }

    private @Nullable Object[] parameters(ExportedRow row, @Nullable Object keyOfRow) {
        return parameters(row, keyOfRow, null, new AtomicInteger());
    }

    /**
     * Returns the parameters for inserting a row. Takes the row's stored values from the placed ones,
     * starting at {@code next}.
     */
    private @Nullable Object[] parameters(
            ExportedRow row, @Nullable Object keyOfRow, StoredBytes.@Nullable Placed placed, AtomicInteger next) {
        List<@Nullable Object> parameters = new ArrayList<>();
        own().forEach(column -> {
            if (placed != null && column.isStored()) {
                int value = next.getAndIncrement();
                parameters.add(placed.bytes(value));
                parameters.add(placed.range(value));
            } else {
                parameters.add(parameter(row.get(column.name())));
            }
        });
        if (key != null) {
            parameters.add(keyOfRow);
        }
        return parameters.toArray();
    }

    private Stream<ExportedColumn> own() {
        return columns.stream().filter(ExportedColumn::isOwn);
    }

    private static @Nullable Object parameter(@Nullable Object value) {
        return value instanceof byte[] bytes ? Blobs.parameter(bytes) : value;
    }
}
