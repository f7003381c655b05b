package io.evenkeel.cli.demo;

import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.SampledGradientFunction;
import io.evenkeel.trial.learn.LocalLoss;

/** One simulated device: computes gradients on its share of the digits, except in the rounds it misses. */
final class DigitsDevice implements SampledGradientFunction<Integer> {

    private final int device;
    private final LocalLoss loss;
    private final Absences absences;

    DigitsDevice(int device, LocalLoss loss, Absences absences) {
        this.device = device;
        this.loss = loss;
        this.absences = absences;
    }

    @Override
    public Gradient compute(Model model, Integer round) {
        if (absences.misses(device, round)) {
            return Gradient.skip();
        }
        double[] gradient = new double[model.dimension()];
        double value = loss.gradient(model.toDoubles(), round, gradient);
        return Gradient.of(gradient, loss.samples(), value);
    }
}
