package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;

/**
 * FedAdam: {@code v <- beta2 v + (1 - beta2) g^2} (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param moments beta1, beta2 and tau
 */
public record FedAdamStep(Moments moments) implements AdaptiveMomentStep {

    static final Entry ENTRY =
            Moments.entry("fedadam", "Adam on the coordinator: each coordinate by its first and second moments.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public double secondMoment(double v, double square) {
        return moments.beta2() * v + (1 - moments.beta2()) * square;
    }
}
