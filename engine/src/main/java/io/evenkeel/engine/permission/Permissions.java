package io.evenkeel.engine.permission;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of an operator or a viewer.
 *
 * @param role whether the caller may change what it can read
 * @param rights its additional rights
 * @param runs the runs that it may use; requests that are not about a run need all runs
 */
public record Permissions(AccessRole role, Set<AccessRight> rights, RunPatterns runs) {

    /** The permissions of the configured operator token. */
    public static final Permissions OPERATOR = of(AccessRole.OPERATOR, null, null);

    /** The permissions of the configured viewer token. */
    public static final Permissions VIEWER = of(AccessRole.VIEWER, null, null);

    /**
     * Checks that the rights are compatible with the runs.
     *
     * @throws IllegalArgumentException if there are rights, but not for all runs
     */
    public Permissions {
        rights = Set.copyOf(rights);
        if (!rights.isEmpty() && !runs.areAll()) {
            throw new IllegalArgumentException(
                    "has approve or mint, which concern the whole coordinator, but 'runs' allows only " + runs);
        }
    }

    /**
     * Creates permissions from a request or the settings.
     *
     * @param rights null for all rights if it is an operator of all runs, and otherwise for none
     * @param runs null for all runs
     * @throws IllegalArgumentException if a pattern is wrong, or the rights are not compatible with the runs
     */
    public static Permissions of(
            AccessRole role, @Nullable Collection<AccessRight> rights, @Nullable List<String> runs) {
        RunPatterns patterns = runs == null ? RunPatterns.ALL : new RunPatterns(runs);
        if (rights != null) {
            return new Permissions(role, Set.copyOf(rights), patterns);
        }
        boolean all = role == AccessRole.OPERATOR && patterns.areAll();
        return new Permissions(role, all ? EnumSet.allOf(AccessRight.class) : Set.of(), patterns);
    }

    /** Returns the sorted rights, for views. */
    public List<AccessRight> sortedRights() {
        return List.copyOf(new TreeSet<>(rights));
    }

    /**
     * Returns the name of the first of the other permissions that these lack; empty if there is none. Used for callers
     * with {@code mint}, which therefore have all runs.
     */
    public Optional<String> missingFor(Permissions others) {
        if (others.role() == AccessRole.OPERATOR && role != AccessRole.OPERATOR) {
            return Optional.of(AccessRole.OPERATOR.text());
        }
        return others.sortedRights().stream()
                .filter(right -> !rights.contains(right))
                .map(AccessRight::text)
                .findFirst();
    }
}
