package io.evenkeel.coordinator.platform.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Converts instants to values of {@code TIMESTAMP WITH TIME ZONE} columns and back. */
public final class Timestamps {

    private Timestamps() {}

    public static OffsetDateTime of(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    public static @Nullable OffsetDateTime ofNullable(@Nullable Instant instant) {
        return instant == null ? null : of(instant);
    }

    /** Reads a column that is never null. */
    public static Instant get(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static Instant get(ResultSet row, String column) throws SQLException {
        return get(row, row.findColumn(column));
    }

    public static @Nullable Instant getNullable(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    public static @Nullable Instant getNullable(ResultSet row, String column) throws SQLException {
        return getNullable(row, row.findColumn(column));
    }
}
