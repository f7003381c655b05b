package io.evenkeel.coordinator.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.access.OperatorLineage;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code protected_alias}: aliases that only approved roll-outs and roll-backs can move. Any operator can
 * protect an alias, but ending the protection requires two. Works in the caller's transaction, which must have locked
 * the model. Thread-safe.
 */
@Component
class ProtectedAliases {

    private static final String SELECT =
            "SELECT model, alias, protected_by, protected_at, release_by FROM protected_alias WHERE model = ?";

    private final JdbcClient jdbc;
    private final OperatorLineage operators;
    private final Clock clock;

    ProtectedAliases(JdbcClient jdbc, OperatorLineage operators, Clock clock) {
        this.jdbc = jdbc;
        this.operators = operators;
        this.clock = clock;
    }

    /**
     * A protection.
     *
     * @param releaseBy the operator who asked to end it, which another operator confirms
     * @param endedBy the operator who confirmed it
     */
    @Schema(name = "AliasProtection")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Protection(
            String model,
            String alias,
            String protectedBy,
            Instant protectedAt,
            @Nullable String releaseBy,
            @Nullable String endedBy) {}

    List<Protection> of(String model) {
        return jdbc.sql(SELECT + " ORDER BY alias")
                .param(model)
                .query((row, i) -> protection(row))
                .list();
    }

    /** Returns the protections that an operator has asked to end, up to a limit. */
    List<Protection> releasing(int limit) {
        return jdbc.sql("SELECT model, alias, protected_by, protected_at, release_by FROM protected_alias"
                        + " WHERE release_by IS NOT NULL ORDER BY model, alias FETCH FIRST ? ROWS ONLY")
                .param(limit)
                .query((row, i) -> protection(row))
                .list();
    }

    Optional<Protection> find(String model, String alias) {
        return jdbc.sql(SELECT + " AND alias = ?")
                .params(model, alias)
                .query((row, i) -> protection(row))
                .optional();
    }

    /** Protects an alias, or withdraws a request to end its protection. */
    Protection protect(String model, String alias, String who) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (jdbc.sql("UPDATE protected_alias SET release_by = NULL WHERE model = ? AND alias = ?")
                        .params(model, alias)
                        .update()
                == 0) {
            jdbc.sql("INSERT INTO protected_alias (model, alias, protected_by, protected_at) VALUES (?, ?, ?, ?)")
                    .params(model, alias, who, Timestamps.of(now))
                    .update();
        }
        return find(model, alias).orElseThrow();
    }

    /**
     * Ends a protection if another operator has requested that; otherwise records the request.
     *
     * @return the protection, with the operator who ended it if it has ended
     * @throws ProblemException {@code model-alias-not-found} if the alias is not protected,
     *     {@code second-operator-needed} if the same person has made the request
     */
    Protection release(String model, String alias, String who) {
        Protection known = find(model, alias)
                .orElseThrow(() -> ProblemKind.MODEL_ALIAS_NOT_FOUND.because(
                        "alias '" + alias + "' of model '" + model + "' is not protected",
                        "see the protections at GET /api/v1/models/" + model));
        String first = known.releaseBy();
        if (first == null) {
            jdbc.sql("UPDATE protected_alias SET release_by = ? WHERE model = ? AND alias = ?")
                    .params(who, model, alias)
                    .update();
            return new Protection(model, alias, known.protectedBy(), known.protectedAt(), who, null);
        }
        operators.samePerson(first, who).ifPresent(why -> {
            throw ProblemKind.SECOND_OPERATOR_NEEDED.because(
                    "'" + first + "' has asked to end the protection: " + why,
                    "another operator must confirm it, with an independent token");
        });
        jdbc.sql("DELETE FROM protected_alias WHERE model = ? AND alias = ?")
                .params(model, alias)
                .update();
        return new Protection(model, alias, known.protectedBy(), known.protectedAt(), first, who);
    }

    /**
     * Checks that an alias may be moved directly.
     *
     * @throws ProblemException {@code alias-protected}
     */
    void requireNone(String model, String alias) {
        if (find(model, alias).isPresent()) {
            throw ProblemKind.ALIAS_PROTECTED
                    .because(
                            "alias '" + alias + "' of model '" + model + "' is protected",
                            "create a roll-out with approval, which another operator approves: POST /api/v1/rollouts")
                    .with("alias", alias);
        }
    }

    private static Protection protection(ResultSet row) throws SQLException {
        return new Protection(
                row.getString(1), row.getString(2), row.getString(3), Timestamps.get(row, 4), row.getString(5), null);
    }
}
