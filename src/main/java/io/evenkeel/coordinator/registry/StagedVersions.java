package io.evenkeel.coordinator.registry;

import java.util.Optional;
import java.util.function.IntPredicate;

/** Versions that roll-outs give to some of the devices that follow an alias. Thread-safe. */
public interface StagedVersions {

    /**
     * A version that a device gets instead of the alias's.
     *
     * @param rollout the roll-out's id
     * @param version the version
     * @param baseline the alias's version
     */
    record Staged(String rollout, int version, int baseline) {}

    /**
     * Returns the version that a device gets instead of the alias's, if any, and records that the device got it.
     *
     * @param client the device's id
     * @param allowed returns whether the device may have a version
     */
    Optional<Staged> forDevice(String model, String alias, String client, IntPredicate allowed);

    /**
     * Checks that no roll-out needs a version. Works in the caller's transaction.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code version-in-use}
     */
    void requireUnheld(String model, int version);

    /**
     * Checks that no roll-out of an alias is active. Works in the caller's transaction.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code alias-in-rollout}
     */
    void requireNoRollout(String model, String alias);
}
