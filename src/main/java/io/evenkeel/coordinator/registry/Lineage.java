package io.evenkeel.coordinator.registry;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a version. All components are null if it was uploaded.
 *
 * @param run name of the run
 * @param round the round of the run whose model x^round is this version
 * @param definition the run's definition when the version was created, as JSON
 * @param members number of members of the run in the round before this one; null if there is no record of that round
 * @param loss mean of the losses of this model that devices reported in the round that trained on it; null if they
 *     reported none, or if that round was not closed when the version was created
 * @param metrics means of the metrics that devices reported in that round, as a JSON object; null if that round was not
 *     closed
 */
@Embeddable
record Lineage(
        @Column(updatable = false) @Nullable String run,

        @Column(name = "round_number", updatable = false) @Nullable
        Integer round,

        @Column(updatable = false) @Nullable String definition,
        @Column(updatable = false) @Nullable Integer members,
        @Column(updatable = false) @Nullable Double loss,
        @Column(updatable = false) @Nullable String metrics) {

    /** The lineage of an uploaded version. */
    static final Lineage UPLOADED = new Lineage(null, null, null, null, null, null);
}
