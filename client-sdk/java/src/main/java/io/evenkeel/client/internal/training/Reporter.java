package io.evenkeel.client.internal.training;

import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.wire.Report;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Computes the figures sent with a message. Leaves out figures that are not finite. */
final class Reporter {

    private final boolean smoothness;
    private final boolean slope;
    private final LoggingListener listener;
    private @Nullable Model lastModel;
    private @Nullable Model lastPoint;
    private double @Nullable [] lastGradient;

    /**
     * @param smoothness whether to measure the ratio of the change of the gradients to that of the models
     * @param slope whether the run's step rule needs the slope of the loss along the step from the previous model
     */
    Reporter(boolean smoothness, boolean slope, LoggingListener listener) {
        this.smoothness = smoothness;
        this.slope = slope;
        this.listener = listener;
    }

    /**
     * Returns the report of a gradient; must be called before error feedback overwrites the gradient.
     *
     * @param gradients the round's gradients
     */
    Report report(RoundGradients gradients, Map<String, Double> metrics) {
        Model model = gradients.model();
        Gradient gradient = gradients.gradient();
        Map<String, Double> all = new TreeMap<>(metrics);
        all.putAll(gradient.metrics());
        Map<String, Double> finite = new TreeMap<>();
        all.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                finite.put(name, value);
            } else {
                listener.warn("metric " + name + " is " + value + " in round " + model.round() + ", and is not sent");
            }
        });
        float[] floats = gradient.floats();
        OptionalDouble norm = finite(floats != null ? Norm.l2(floats) : Norm.l2(gradient.doubles()));
        if (slope && lastModel != null) {
            finite(Slopes.along(gradient.dimension(), gradient::get, model::get, lastModel::get))
                    .ifPresent(value -> finite.put(Report.SLOPE, value));
            double[] g = gradients.estimate();
            if (g != null) {
                finite(Slopes.along(gradient.dimension(), j -> gradient.get(j) - g[j], model::get, lastModel::get))
                        .ifPresent(value -> finite.put(Report.SLOPE_CHANGE, value));
            }
        }
        Model point = gradients.point();
        OptionalDouble ratio = smoothness ? ratio(point, gradient) : OptionalDouble.empty();
        lastModel = slope ? model : null;
        lastPoint = smoothness ? point : null;
        return new Report(gradient.samples(), gradient.loss(), norm, ratio, finite);
    }

    /** Returns ||grad(y) - grad(y')|| / ||y - y'||, where y' is the point of the device's previous gradient. */
    private OptionalDouble ratio(Model point, Gradient gradient) {
        Model before = lastPoint;
        double[] scratch = lastGradient;
        if (before == null || scratch == null) {
            scratch = new double[gradient.dimension()];
            copy(gradient, scratch);
            lastGradient = scratch;
            return OptionalDouble.empty();
        }
        for (int j = 0; j < scratch.length; j++) {
            scratch[j] = gradient.get(j) - scratch[j];
        }
        double gradients = Norm.l2(scratch);
        for (int j = 0; j < scratch.length; j++) {
            scratch[j] = point.get(j) - before.get(j);
        }
        double models = Norm.l2(scratch);
        copy(gradient, scratch);
        return finite(gradients / models);
    }

    private static void copy(Gradient gradient, double[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = gradient.get(j);
        }
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
