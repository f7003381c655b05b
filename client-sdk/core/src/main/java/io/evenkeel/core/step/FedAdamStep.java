package io.evenkeel.core.step;

/**
 * FedAdam: {@code v <- beta2 v + (1 - beta2) g^2} (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param moments beta1, beta2 and tau
 */
public record FedAdamStep(Moments moments) implements AdaptiveMomentStep {

    static final String NAME = "fedadam";

    @Override
    public String text() {
        return moments.text(NAME);
    }

    @Override
    public double secondMoment(double v, double square) {
        return moments.beta2() * v + (1 - moments.beta2()) * square;
    }
}
