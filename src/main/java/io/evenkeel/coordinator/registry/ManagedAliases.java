package io.evenkeel.coordinator.registry;

/** Aliases that the system moves, rather than operators. Thread-safe. */
public interface ManagedAliases {

    /**
     * Checks that operators may move an alias.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code alias-protected}
     */
    void requireUnmanaged(String model, String alias);
}
