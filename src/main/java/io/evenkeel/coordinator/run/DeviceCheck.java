package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.selection.AttributeSyntax;
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
        return new DeviceChoice(join, sample, key);
    }

    private DeviceSelector selector(String field, @Nullable String text) {
        DeviceSelector selector =
                text == null ? DeviceSelector.ALL : errors.parse(field, () -> DeviceSelector.parse(text));
        return selector == null ? DeviceSelector.ALL : selector;
    }
}
