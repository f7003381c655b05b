package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.problem.DisplayText;
import io.evenkeel.coordinator.selection.AttributeSyntax;
import io.evenkeel.coordinator.selection.DevicePart;
import io.evenkeel.coordinator.selection.DeviceSelector;
import org.jspecify.annotations.Nullable;

/** Checks the part of a definition that chooses devices. Not thread-safe. */
final class DeviceCheck {

    private final FieldErrors errors;

    DeviceCheck(FieldErrors errors) {
        this.errors = errors;
    }

    DeviceChoice choice(RunDefinition.@Nullable Devices asked) {
        if (asked == null) {
            return DeviceChoice.ALL;
        }
        DeviceSelector join = selector("devices.join", asked.join());
        DeviceSelector sample = selector("devices.sample", asked.sample());
        String key = asked.stratifyBy();
        if (key != null) {
            AttributeSyntax.faultInKey(key)
                    .ifPresent(fault -> errors.require(false, "devices.stratifyBy", () -> "is a key that " + fault));
        }
        return new DeviceChoice(join, part(asked.part()), sample, key);
    }

    private @Nullable DevicePart part(RunDefinition.@Nullable Part asked) {
        if (asked == null) {
            return null;
        }
        String seed = asked.seed() == null ? "" : asked.seed();
        if (seed.isEmpty() || seed.length() > DevicePart.LONGEST_SEED) {
            errors.require(
                    false,
                    "devices.part.seed",
                    () -> "has " + seed.length() + " characters, expected 1 to " + DevicePart.LONGEST_SEED);
        } else {
            DisplayText.faultIn(seed).ifPresent(fault -> errors.require(false, "devices.part.seed", () -> fault));
        }
        double from = asked.from() == null ? 0 : asked.from();
        double to = asked.to() == null ? 1 : asked.to();
        errors.require(
                from >= 0 && from < 1,
                "devices.part.from",
                () -> "is " + from + ", expected a share of the devices, 0 or more and below 1");
        errors.require(
                to > from && to <= 1,
                "devices.part.to",
                () -> "is " + to + ", expected more than devices.part.from, which is " + from + ", and at most 1");
        return new DevicePart(seed, from, to);
    }

    private DeviceSelector selector(String field, @Nullable String text) {
        DeviceSelector selector =
                text == null ? DeviceSelector.ALL : errors.parse(field, () -> DeviceSelector.parse(text));
        return selector == null ? DeviceSelector.ALL : selector;
    }
}
