package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out in a list.
 *
 * @param baseline the version that the alias names until it finishes
 * @param group the number of the open group, from 1
 * @param groups how many groups it has
 * @param message why it is paused or ended
 * @param devicesDeletedAt since when its devices are no longer listed; its groups keep their counts
 */
@Schema(name = "RolloutSummary")
@JsonInclude(JsonInclude.Include.NON_NULL)
record RolloutSummary(
        String id,
        String model,
        String alias,
        int version,
        int baseline,
        @Nullable String description,
        RolloutState state,
        int group,
        int groups,
        @Nullable String message,
        String createdBy,
        Instant createdAt,
        @Nullable String approvedBy,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Instant devicesDeletedAt) {

    static RolloutSummary of(Rollout rollout) {
        int groups = rollout.definition().groups().size();
        return new RolloutSummary(
                rollout.id(),
                rollout.model(),
                rollout.alias(),
                rollout.version(),
                rollout.baseline(),
                rollout.definition().description(),
                rollout.state(),
                Math.min(rollout.group() + 1, groups),
                groups,
                rollout.message(),
                rollout.createdBy(),
                rollout.createdAt(),
                rollout.approvedBy(),
                rollout.startedAt(),
                rollout.endedAt(),
                rollout.devicesDeletedAt());
    }
}
