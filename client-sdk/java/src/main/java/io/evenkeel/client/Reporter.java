package io.evenkeel.client;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.wire.Report;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the figures that travel with a message. Those that are not finite stay at home. */
final class Reporter {

    private final boolean smoothness;
    private final LoggingListener listener;
    private @Nullable Model lastModel;
    private double @Nullable [] lastGradient;

    Reporter(boolean smoothness, LoggingListener listener) {
        this.smoothness = smoothness;
        this.listener = listener;
    }

    /** Reports on a gradient, before error feedback takes it over. */
    Report report(Model model, Gradient gradient, Map<String, Double> metrics) {
        Map<String, Double> finite = new TreeMap<>();
        metrics.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                finite.put(name, value);
            } else {
                listener.warn("metric " + name + " is " + value + " in round " + model.round() + ", and is not sent");
            }
        });
        OptionalDouble norm = finite(Norm.l2(gradient.values()));
        OptionalDouble ratio = smoothness ? ratio(model, gradient.values()) : OptionalDouble.empty();
        return new Report(gradient.samples(), gradient.loss(), norm, ratio, finite);
    }

    /** ||grad(x) - grad(x')|| / ||x - x'||, where x' is the model this device saw before x. */
    private OptionalDouble ratio(Model model, double[] gradient) {
        Model before = lastModel;
        double[] scratch = lastGradient;
        lastModel = model;
        if (before == null || scratch == null) {
            lastGradient = gradient.clone();
            return OptionalDouble.empty();
        }
        for (int j = 0; j < scratch.length; j++) {
            scratch[j] = gradient[j] - scratch[j];
        }
        double gradients = Norm.l2(scratch);
        for (int j = 0; j < scratch.length; j++) {
            scratch[j] = model.get(j) - before.get(j);
        }
        double models = Norm.l2(scratch);
        System.arraycopy(gradient, 0, scratch, 0, scratch.length);
        return finite(gradients / models);
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
