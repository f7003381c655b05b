package io.evenkeel.client;

/** A small objective for devices: a quadratic whose centre depends on the device. */
public final class Problems {

    private Problems() {}

    /** Returns the gradient function of a device; the sample does not matter. */
    public static GradientFunction bowl(int device) {
        return GradientFunction.onSample(round -> round, (model, sample) -> {
            double[] gradient = model.toDoubles();
            double loss = 0;
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] = (1 + j % 3) * (gradient[j] - Math.cos(device + j * 0.7));
                loss += gradient[j] * gradient[j];
            }
            return Gradient.of(gradient, 10 + device, loss);
        });
    }
}
