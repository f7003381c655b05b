package io.evenkeel.coordinator.access;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.coordinator.platform.time.ClockCorrection;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Manages the tokens of operators and viewers, apart from the configured ones.
 *
 * <p>Tokens are looked up on each request and not cached, so a revocation takes effect on every replica at
 * once. This is affordable, since people and scrapers send few requests. Thread-safe.
 */
@Component
class AccessTokens implements ClockCorrection {

    private static final String COLUMNS =
            "id, name, role, rights, runs, created_by, created_at, expires_at, revoked_at, hash";

    private final JdbcClient jdbc;
    private final Clock clock;
    private final TrustedTime time;

    AccessTokens(JdbcClient jdbc, Clock clock, TrustedTime time) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.time = time;
    }

    /**
     * A token without its text.
     *
     * @param id its id, which is part of its text
     * @param name its owner or purpose
     * @param role its role
     * @param rights additional rights
     * @param runs patterns of the names of the permitted runs, {@code *} for all
     * @param createdBy the name of the operator who created it
     * @param createdAt when it was created
     * @param expiresAt when it expires, or null for never
     * @param revokedAt when it was revoked, or null
     */
    record View(
            String id,
            String name,
            AccessRole role,
            List<AccessRight> rights,
            List<String> runs,
            String createdBy,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {

        /** Returns the caller name for this token; unique, since it contains the id. */
        String callerName() {
            return name + " (" + id + ")";
        }

        private Caller.Person caller() {
            return Caller.Person.of(callerName(), new Permissions(role, Set.copyOf(rights), new RunPatterns(runs)));
        }

        private boolean isGood(Instant now) {
            return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
        }
    }

    /** A new token, with its text. */
    @Schema(name = "AccessTokenCreated")
    record Created(@JsonUnwrapped View view, String token) {

        /** Returns the id without the text. */
        @Override
        public String toString() {
            return "Created[" + view.id() + "]";
        }
    }

    private record Stored(View view, String hash) {}

    Created issue(String name, Permissions permissions, @Nullable Duration expiresIn, String by) {
        String id = Credential.newId();
        String text = Credential.newAccessToken(permissions.role().prefix(), id);
        Instant now = clock.instant();
        Instant expiresAt = expiresIn == null ? null : time.forExpiry().plus(expiresIn);
        jdbc.sql("INSERT INTO access_token (id, name, role, rights, runs, created_by, created_at, expires_at, hash)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .param(id)
                .param(name)
                .param(permissions.role().name())
                .param(permissions.sortedRights().stream()
                        .map(AccessRight::text)
                        .collect(Collectors.joining(",")))
                .param(String.join(",", permissions.runs().patterns()))
                .param(by)
                .param(Timestamps.of(now))
                .param(Timestamps.ofNullable(expiresAt))
                .param(Credential.hash(text))
                .update();
        View view = new View(
                id,
                name,
                permissions.role(),
                permissions.sortedRights(),
                permissions.runs().patterns(),
                by,
                now,
                expiresAt,
                null);
        return new Created(view, text);
    }

    /** Returns the caller for a token, if it is known here and neither revoked nor expired. */
    Optional<Caller.Person> find(String token) {
        return Credential.accessIdOf(token)
                .flatMap(id -> jdbc.sql("SELECT " + COLUMNS + " FROM access_token WHERE id = ?")
                        .param(id)
                        .query((row, i) -> new Stored(view(row), row.getString("hash")))
                        .optional())
                .filter(stored -> Credential.matches(token, stored.hash())
                        && stored.view().isGood(time.forExpiry()))
                .map(Stored::view)
                .map(View::caller);
    }

    /** Returns a token, even if it is revoked or has expired. */
    Optional<View> view(String id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM access_token WHERE id = ?")
                .param(id)
                .query((row, i) -> view(row))
                .optional();
    }

    List<View> list() {
        return jdbc.sql("SELECT " + COLUMNS + " FROM access_token ORDER BY created_at, id")
                .query((row, i) -> view(row))
                .list();
    }

    /** Revokes a token; keeps the time of the first revocation. */
    void revoke(String id) {
        jdbc.sql("UPDATE access_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
                .params(Timestamps.of(clock.instant()), id)
                .update();
        if (jdbc.sql("SELECT 1 FROM access_token WHERE id = ?")
                .param(id)
                .query()
                .listOfRows()
                .isEmpty()) {
            throw ProblemKind.ACCESS_TOKEN_NOT_FOUND.because(
                    "there is no access token with the id '" + id + "'", "see GET /api/v1/access-tokens");
        }
    }

    private static View view(ResultSet row) throws SQLException {
        return new View(
                row.getString("id"),
                row.getString("name"),
                AccessRole.valueOf(row.getString("role")),
                listed(row.getString("rights")).map(AccessRight::parse).toList(),
                listed(row.getString("runs")).toList(),
                row.getString("created_by"),
                Timestamps.get(row, "created_at"),
                Timestamps.getNullable(row, "expires_at"),
                Timestamps.getNullable(row, "revoked_at"));
    }

    private static Stream<String> listed(String commas) {
        return commas.isEmpty() ? Stream.empty() : Stream.of(commas.split(",", -1));
    }

    @Override
    public void correct(Instant now) {
        ClockCorrection.moveBack(jdbc, "access_token", "created_at", "expires_at", now);
    }
}
