package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.engine.rollout.Rollout;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out in a list.
 *
 * @param rollout the roll-out as it is stored, without its rules
 * @param group the number of the open group, from 1
 * @param groups the number of groups that it has
 */
@Schema(name = "RolloutSummary")
@JsonInclude(JsonInclude.Include.NON_NULL)
record RolloutSummary(
        @JsonUnwrapped Rollout rollout,
        String model,
        String alias,
        int version,
        @Nullable String description,
        int group,
        int groups) {

    static RolloutSummary of(Rollout rollout) {
        int groups = rollout.definition().groups().size();
        return new RolloutSummary(
                rollout,
                rollout.model(),
                rollout.alias(),
                rollout.version(),
                rollout.definition().description(),
                Math.min(rollout.group() + 1, groups),
                groups);
    }
}
