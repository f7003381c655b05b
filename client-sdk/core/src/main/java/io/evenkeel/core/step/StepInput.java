package io.evenkeel.core.step;

/**
 * What a round gives its step besides the sum S.
 *
 * @param weight W: the members' weights if S persists, else those of the round's participants; no step is taken if W is 0
 * @param gamma the round's step size, above 0
 * @param loss the mean of the losses that the round's devices report, NaN if none did
 */
public record StepInput(double weight, double gamma, double loss) {

    /** Returns the input of a round whose loss is not known. */
    public static StepInput of(double weight, double gamma) {
        return new StepInput(weight, gamma, Double.NaN);
    }
}
