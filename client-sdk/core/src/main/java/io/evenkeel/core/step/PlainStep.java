package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import org.jspecify.annotations.Nullable;

/**
 * {@code x - gamma g}, the step of EF21 and of gradient descent. Safe only if gamma suits the smoothness of
 * the loss.
 */
public record PlainStep() implements StepRule {

    static final Entry ENTRY =
            Entry.of("plain", "The step gamma g of gradient descent, whose size depends on the loss.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public StepLength length() {
        return StepLength.DIRECTION;
    }

    @Override
    public @Nullable Schedule defaultGamma(boolean momentum) {
        return null;
    }
}
