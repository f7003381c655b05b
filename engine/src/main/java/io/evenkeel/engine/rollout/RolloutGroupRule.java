package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The rule of a group's devices. Exactly one of share, devices and selector is set.
 *
 * @param name the group's display name
 * @param share a share of the roll-out's devices, which includes the devices of groups with smaller shares
 * @param devices a number of devices when it opens, which include the devices of groups with smaller numbers
 * @param selector the selector of its devices
 */
@Schema(name = "RolloutGroupRule")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutGroupRule(
        @Size(max = 64) @Nullable String name,
        @Positive @DecimalMax("1") @Nullable Double share,
        @Min(1) @Max(100_000_000) @Nullable Integer devices,
        @Nullable String selector) {

    /** Returns the rule as text. */
    public String text() {
        if (share != null) {
            return "share " + share;
        }
        return devices != null ? devices + " devices" : "selector " + selector;
    }
}
