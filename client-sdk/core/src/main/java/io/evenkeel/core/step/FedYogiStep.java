package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;

/**
 * FedYogi: like FedAdam, with {@code v <- v - (1 - beta2) g^2 sign(v - g^2)}, so that v changes no faster than g^2
 * (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param moments beta1, beta2 and tau
 */
public record FedYogiStep(Moments moments) implements AdaptiveMomentStep {

    static final Entry ENTRY =
            Moments.entry("fedyogi", "As fedadam, with a second moment that changes no faster than g^2.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public double secondMoment(double v, double square) {
        double change = (1 - moments.beta2()) * square;
        return v > square ? v - change : v < square ? v + change : v;
    }
}
