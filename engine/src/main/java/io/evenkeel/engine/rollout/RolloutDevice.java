package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device that got the version of a roll-out, or a relay that got it for the devices of its site.
 *
 * @param client its id
 * @param group the number of its group, from 1
 * @param outcome its state
 * @param reason the reason why it failed
 * @param samples the number of samples on which its metrics were computed
 * @param askedAt the time when it first got the version
 * @param reportedAt the time when it last reported
 * @param site the devices behind it, if it is a relay, which is not itself counted
 */
@Schema(name = "RolloutDevice")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutDevice(
        String client,
        int group,
        DeviceOutcome outcome,
        @Nullable String reason,
        @Nullable Long samples,
        Instant askedAt,
        @Nullable Instant reportedAt,
        @Nullable DeviceCounts site) {}
