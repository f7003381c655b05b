package io.evenkeel.coordinator.registry;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** The aliases of models: movable names of versions, with their history. Works in the caller's transaction. Thread-safe. */
@Component
class ModelAliases {

    private static final int MAX_SEARCH = 1000;

    private final AliasChangeRepository changes;
    private final ProtectedAliases protections;
    private final Clock clock;

    ModelAliases(AliasChangeRepository changes, ProtectedAliases protections, Clock clock) {
        this.changes = changes;
        this.protections = protections;
        this.clock = clock;
    }

    /** Returns the protections of aliases. */
    ProtectedAliases protections() {
        return protections;
    }

    /** Returns the version of each alias of a model, sorted by alias. */
    Map<String, Integer> current(String model) {
        Map<String, Integer> named = new TreeMap<>();
        for (AliasChange change : changes.current(model)) {
            Integer version = change.version();
            if (version != null) {
                named.put(change.alias(), version);
            }
        }
        return named;
    }

    /**
     * Returns the version of an alias.
     *
     * @throws ProblemException {@code model-alias-not-found}
     */
    int resolve(String model, String alias) {
        return find(model, alias)
                .orElseThrow(() -> notFound(model, "model '" + model + "' has no alias '" + alias + "'", alias));
    }

    /** Returns the version of an alias; empty if the alias does not exist. */
    OptionalInt find(String model, String alias) {
        return changes.findFirstByModelAndAliasOrderByIdDesc(model, alias)
                .map(AliasChange::version)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    private static ProblemException notFound(String model, String detail, String alias) {
        return ProblemKind.MODEL_ALIAS_NOT_FOUND
                .because(detail, "see the aliases at GET /api/v1/models/" + model)
                .with("alias", alias);
    }

    /**
     * Returns the previous version of an alias, other than the current one.
     *
     * @param exists returns whether a version still exists
     * @throws ProblemException {@code model-alias-not-found} if the alias does not exist or has no such version
     */
    int previous(String model, String alias, IntPredicate exists) {
        int now = resolve(model, alias);
        for (AliasChange change : history(model, alias, MAX_SEARCH)) {
            Integer version = change.version();
            if (version != null && version != now && exists.test(version)) {
                return version;
            }
        }
        throw notFound(
                model,
                "alias '" + alias + "' of model '" + model + "' names version " + now
                        + ", but no earlier version of it still exists",
                alias);
    }

    List<AliasChange> history(String model, String alias, int limit) {
        return changes.findByModelAndAliasOrderByIdDesc(model, alias, Limit.of(limit));
    }

    AliasChange set(String model, String alias, @Nullable Integer version, @Nullable String reason, String who) {
        return changes.saveAndFlush(new AliasChange(
                model, alias, version, reason, who, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }

    /** Deletes the history of a model's aliases. */
    void forget(String model) {
        changes.deleteByModel(model);
    }

    /**
     * Checks that no alias refers to a version.
     *
     * @throws ProblemException {@code version-in-use}
     */
    void requireUnnamed(String model, int version) {
        List<String> naming = current(model).entrySet().stream()
                .filter(alias -> alias.getValue() == version)
                .map(Map.Entry::getKey)
                .toList();
        if (!naming.isEmpty()) {
            throw ProblemKind.VERSION_IN_USE
                    .because(
                            "version " + version + " of model '" + model + "' has the aliases "
                                    + String.join(", ", naming),
                            "move or remove these aliases, then delete the version")
                    .with("aliases", naming);
        }
    }
}
