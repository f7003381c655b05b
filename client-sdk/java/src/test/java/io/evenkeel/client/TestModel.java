package io.evenkeel.client;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The model of a test coordinator's run: x, S, the models of all rounds and the updates between them. */
final class TestModel {

    final Map<Integer, float[]> models = new TreeMap<>();

    private final TensorLayout layout;
    private final boolean retainsSum;
    private final ModelState state;
    private final List<byte[]> updates = new ArrayList<>();
    private @Nullable DeviceModel devices;
    private double[] before;
    private int round;

    TestModel(TensorLayout layout, FeedbackMethod feedback, String step) {
        this.layout = layout;
        this.retainsSum = feedback.retainsSum();
        double[] x = new double[layout.dimension()];
        for (int j = 0; j < x.length; j++) {
            x[j] = (float) Math.sin(j + 1);
        }
        state = ModelState.start(layout, StepRule.parse(step), x, retainsSum);
        before = state.sum().clone();
        keepModel();
    }

    /** Makes the downlink lossy, before round 0. */
    void downlink(String compressor) {
        devices = DeviceModel.start(DeviceModel.compressor(compressor, layout), 1, state.x());
        keepModel();
    }

    /** Returns k, the round of the model x^k. */
    int round() {
        return round;
    }

    /** Returns a copy of x. */
    double[] x() {
        return state.x().clone();
    }

    /** Subtracts a leaving member's share from S. */
    void remove(double[] g, double weight) {
        if (retainsSum) {
            state.add(g, -weight);
        }
    }

    /** Resets S to zero. */
    void clearSum() {
        state.add(state.sum().clone(), -1);
    }

    /** Returns a copy of S. */
    double[] sum() {
        return state.sum().clone();
    }

    /** Begins to close the open round. */
    void beginClosing() {
        before = state.sum().clone();
        state.beginRound();
    }

    /** Adds a message of the open round to S. */
    void add(CompressedVector delta, double weight) {
        state.add(delta, weight);
    }

    /** Takes the step, which closes the round. */
    void step(double totalWeight) {
        StepScale scale = state.step(StepInput.of(Math.max(totalWeight, 1), 0.125));
        RoundUpdate update =
                new RoundUpdate(round, retainsSum, scale.factor(), scale.divisors(), changes(before, state.sum()));
        updates.add(
                devices == null ? update.encode() : new ModelDelta(round, devices.follow(state.x(), round)).encode());
        round++;
        keepModel();
    }

    private CompressedVector changes(double[] earlier, double[] later) {
        List<Integer> changed = new ArrayList<>();
        for (int j = 0; j < later.length; j++) {
            double base = retainsSum ? earlier[j] : 0;
            if (Double.doubleToRawLongBits(base) != Double.doubleToRawLongBits(later[j])) {
                changed.add(j);
            }
        }
        int[] indices = changed.stream().mapToInt(j -> j).toArray();
        double[] values = changed.stream().mapToDouble(j -> later[j]).toArray();
        return new CompressedVector(new Support.Listed(later.length, indices), ValueCoding.FLOAT64, values);
    }

    private void keepModel() {
        float[] model = new float[layout.dimension()];
        for (int j = 0; j < model.length; j++) {
            model[j] = (float) (devices == null ? state.x() : devices.w())[j];
        }
        models.put(round, model);
    }

    /** Returns x as little-endian float32, even if devices have a lossy model. */
    byte[] coordinators() {
        ByteBuffer out = ByteBuffer.allocate(4 * layout.dimension()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : state.x()) {
            out.putFloat((float) value);
        }
        return out.array();
    }

    /** Returns x as little-endian float64. */
    byte[] doubles() {
        ByteBuffer out = ByteBuffer.allocate(8 * layout.dimension()).order(ByteOrder.LITTLE_ENDIAN);
        out.asDoubleBuffer().put(state.x());
        return out.array();
    }

    /** Returns the model of a round as little-endian float32, or null if the round does not exist yet. */
    byte @Nullable [] floats(int of) {
        float[] model = models.get(of);
        if (model == null) {
            return null;
        }
        ByteBuffer out = ByteBuffer.allocate(4 * layout.dimension()).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(model);
        return out.array();
    }

    /** Returns the encoded replica of the open round: x and S. */
    byte[] replica() {
        return new Replica(round, state.x().clone(), state.sum().clone()).encode();
    }

    /** Returns the encoded updates from a round to the open one. */
    byte[] updates(int since) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        updates.subList(since, round).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
