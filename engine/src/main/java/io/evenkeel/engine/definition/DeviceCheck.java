package io.evenkeel.engine.definition;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.selection.AttributeSyntax;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.DeviceTurns;
import org.jspecify.annotations.Nullable;

/** Checks the part of a definition that chooses devices. Not thread-safe. */
final class DeviceCheck {

    private static final int MAX_ARMS = 10;
    private static final int MAX_BLOCK = 1_000_000;

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
        return new DeviceChoice(join, part(asked.part()), sample, key, turns(asked.crossover()));
    }

    private @Nullable DevicePart part(RunDefinition.@Nullable Part asked) {
        if (asked == null) {
            return null;
        }
        String seed = seed("devices.part.seed", asked.seed());
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

    private @Nullable DeviceTurns turns(RunDefinition.@Nullable Crossover asked) {
        if (asked == null) {
            return null;
        }
        String seed = seed("devices.crossover.seed", asked.seed());
        int arms = asked.arms() == null ? 0 : asked.arms();
        int arm = asked.arm() == null ? -1 : asked.arm();
        int block = asked.block() == null ? 1 : asked.block();
        errors.require(
                arms >= 2 && arms <= MAX_ARMS,
                "devices.crossover.arms",
                () -> "is " + asked.arms() + ", expected the number of arms, 2 to " + MAX_ARMS);
        errors.require(
                arm >= 0 && arm < arms,
                "devices.crossover.arm",
                () -> "is " + asked.arm() + ", expected the index of an arm, from 0 to below devices.crossover.arms");
        errors.require(
                block >= 1 && block <= MAX_BLOCK,
                "devices.crossover.block",
                () -> "is " + block + ", expected a number of rounds, 1 to " + MAX_BLOCK);
        return new DeviceTurns(seed, Math.max(0, arm), Math.max(2, arms), Math.max(1, block));
    }

    private String seed(String field, @Nullable String asked) {
        String seed = asked == null ? "" : asked;
        if (seed.isEmpty() || seed.length() > DevicePart.MAX_SEED_LENGTH) {
            errors.require(
                    false,
                    field,
                    () -> "has " + seed.length() + " characters, expected 1 to " + DevicePart.MAX_SEED_LENGTH);
        } else {
            DisplayText.faultIn(seed).ifPresent(fault -> errors.require(false, field, () -> fault));
        }
        return seed;
    }

    private DeviceSelector selector(String field, @Nullable String text) {
        DeviceSelector selector =
                text == null ? DeviceSelector.ALL : errors.parse(field, () -> DeviceSelector.parse(text));
        return selector == null ? DeviceSelector.ALL : selector;
    }
}
