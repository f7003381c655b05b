package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.ClientListener.ModelKind;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.client.internal.protocol.ModelReference;
import io.evenkeel.client.internal.protocol.Pieces;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Replica;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Transfers whole models, replicas and updates of a run from the coordinator to the device. */
final class ModelTransfer {

    private final Coordinator coordinator;
    private final RunPlan plan;
    private final ClientListener listener;

    ModelTransfer(Coordinator coordinator, RunPlan plan, ClientListener listener) {
        this.coordinator = coordinator;
        this.plan = plan;
        this.listener = listener;
    }

    /** Downloads the replica of a round. */
    Replica replica(DeviceTask.Work work) throws InterruptedException {
        int dimension = plan.dimension();
        byte[] bytes = coordinator.replica(plan.run(), work.model(), dimension, arrival(work.round()));
        Replica fetched;
        try {
            fetched = Replica.decode(bytes, 0, bytes.length, dimension);
        } catch (WireException e) {
            throw unreadable("replica of round " + work.round(), e);
        }
        if (fetched.round() != work.round()) {
            throw unreadable("replica of round " + work.round() + " is for round " + fetched.round(), null);
        }
        listener.modelFetched(work.round(), ModelKind.REPLICA, bytes.length);
        return fetched;
    }

    /**
     * Downloads the updates or deltas since a round; returns null if they are not stored, or are as large as the model.
     */
    byte @Nullable [] changes(int since, DeviceTask.Work work, long dense) throws InterruptedException {
        Long size = work.updateBytes();
        if (size == null || size >= dense) {
            return null;
        }
        try {
            return coordinator.update(plan.run(), work.model(), since, dense, arrival(work.round()));
        } catch (CoordinatorException e) {
            if (e.problem().type() == ProblemType.MODEL_NOT_KEPT) {
                return null;
            }
            throw e;
        }
    }

    /** Downloads a model as float64; {@code query} is appended to the request. */
    double[] doubles(ModelReference model, String query) throws InterruptedException {
        double[] values = new double[plan.dimension()];
        download(
                model,
                Double.BYTES,
                "dtype=float64" + query,
                (piece, at) -> piece.asDoubleBuffer().get(values, at, piece.remaining() / Double.BYTES));
        return values;
    }

    /** Downloads a model as float32; {@code query} is appended to the request. */
    float[] floats(ModelReference model, String query) throws InterruptedException {
        float[] values = new float[plan.dimension()];
        download(
                model,
                Float.BYTES,
                "dtype=float32" + query,
                (piece, at) -> piece.asFloatBuffer().get(values, at, piece.remaining() / Float.BYTES));
        return values;
    }

    /** Receives the values of a piece of a model. */
    @FunctionalInterface
    private interface PieceReader {

        /** @param at the coordinate of the first value */
        void read(ByteBuffer piece, int at);
    }

    /**
     * Downloads a model piece by piece: after an interruption only the current piece is repeated, and only
     * one piece is in memory in addition to the values. Behind a proxy that drops ranges, the first response
     * is the whole model.
     */
    private void download(ModelReference model, int width, String query, PieceReader reader)
            throws InterruptedException {
        int round = model.round();
        long size = (long) width * plan.dimension();
        boolean isWhole = size <= Pieces.BYTES;
        for (long from = 0; from < size; from += Pieces.BYTES) {
            long to = Math.min(size, from + Pieces.BYTES);
            byte[] bytes = coordinator.model(plan.run(), model, query, from, to, size);
            if (bytes.length == size) {
                reader.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
                break;
            }
            if (bytes.length != to - from) {
                String part = isWhole ? "" : " from byte " + from + " on";
                throw unreadable(
                        "model of round " + round + part + " has " + bytes.length + " bytes, expected " + (to - from),
                        null);
            }
            reader.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), (int) (from / width));
            if (!isWhole) {
                arrival(round).arrived(to, size);
            }
        }
        listener.modelFetched(round, ModelKind.DENSE, size);
    }

    private Pieces.Arrival arrival(int round) {
        return (bytes, size) -> listener.modelPieceFetched(round, bytes, size);
    }

    /** Returns the error for invalid bytes from the coordinator. */
    static EvenkeelException unreadable(String what, @Nullable Exception cause) {
        return new EvenkeelException(
                "the coordinator's " + what + (cause == null ? "" : " cannot be read: " + cause.getMessage())
                        + ": restart the device; if it happens again, check that both sides have the same version",
                cause);
    }
}
