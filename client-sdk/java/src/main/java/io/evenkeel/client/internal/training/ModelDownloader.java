package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.ClientListener.ModelKind;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Model;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.client.internal.protocol.ModelReference;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import io.evenkeel.core.wire.UpdateReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Downloads models in the cheaper of two ways: whole, or as sparse updates of a replica of x and S in the device's
 * memory.
 *
 * <p>A replica has a one-time cost of up to three dense float32 models on top of a model. Updates then save some bytes
 * in each round, for an unknown number of rounds. This is the ski-rental problem, and its standard rule applies:
 * download whole models until the savings that updates would have given reach the cost of a replica, then download a
 * replica. This costs at most twice the best choice in hindsight. A replica that is almost free, as in round 0 when S
 * is zero, is downloaded immediately. If an update is larger than the model, the model is downloaded whole
 * and the replica is discarded.
 *
 * <p>Both ways give the same bits: a replica's x is the coordinator's float64 model, and the device rounds it
 * as the coordinator does.
 *
 * <p>With secure aggregation all devices compute on the float32 model, even those that request float64: otherwise the
 * last bits alone could distinguish the model of one device from that of the others.
 *
 * <p>In a run with a lossy downlink, deltas start from the whole float32 model, so it is downloaded first, and again
 * only if the deltas take more bytes.
 */
public final class ModelDownloader {

    /** A replica that costs at most a twentieth of the model, or a header, more than the model is almost free. */
    private static final int NEXT_TO_FREE = 20;

    private static final long HEADER = 64;

    private final ModelTransfer transfer;
    private final RunPlan plan;
    private final boolean doublePrecision;
    private final boolean computesOnDoubles;
    private final boolean replicas;
    private final ClientListener listener;

    private @Nullable Replica replica;
    private @Nullable LossyReplica lossy;
    private int lastRound = -1;
    private long saving;

    public ModelDownloader(
            Coordinator coordinator, RunPlan plan, boolean doublePrecision, boolean replicas, ClientListener listener) {
        this.transfer = new ModelTransfer(coordinator, plan, listener);
        this.plan = plan;
        this.doublePrecision = doublePrecision;
        this.computesOnDoubles = doublePrecision && plan.downlink() == null && plan.secureAggregation() == null;
        this.replicas = replicas;
        this.listener = listener;
    }

    /**
     * Returns the round from which an update would start, or -1 for none. Without a replica, the round is
     * sent only to get the size of an update.
     */
    int since() {
        return replicas ? lastRound : -1;
    }

    /** Drops the replica from which later models would be computed. */
    void forget() {
        replica = null;
        lossy = null;
        lastRound = -1;
        saving = 0;
    }

    /**
     * Downloads the model of the round assigned to the device.
     *
     * @throws EvenkeelException if it differs from the coordinator's model
     */
    Model fetch(DeviceTask.Work work) throws InterruptedException {
        Model model = obtain(work);
        if (!isRight(model, work)) {
            forget();
            model = obtain(whole(work));
            if (!isRight(model, work)) {
                throw new EvenkeelException("the model of round " + work.round() + " of run '" + plan.run()
                        + "' does not have the digest " + Digest.toHex(Objects.requireNonNull(work.modelDigest()))
                        + " of its task: nothing was computed on it; check for a proxy or cache between device and"
                        + " coordinator that keeps responses too long");
            }
        }
        lastRound = work.round();
        Model wanted = doublePrecision && !computesOnDoubles
                ? Model.of(plan.layout(), model.round(), model.toDoubles())
                : model;
        return wanted.withLocalSteps(plan.localSteps());
    }

    private Model obtain(DeviceTask.Work work) throws InterruptedException {
        return plan.downlink() == null ? lossless(work) : lossy(work);
    }

    /** Returns a task for which the model is downloaded whole. */
    private static DeviceTask.Work whole(DeviceTask.Work work) {
        return new DeviceTask.Work(
                work.round(),
                work.denseBytes(),
                null,
                Long.MAX_VALUE,
                work.attempt(),
                work.history(),
                work.modelDigest(),
                false);
    }

    private static boolean isRight(Model model, DeviceTask.Work work) {
        if (work.modelDigest() == null) {
            return true;
        }
        DigestOutput digest = new DigestOutput();
        try {
            model.writeFloats(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Digest.of(digest.sha) == work.modelDigest();
    }

    /** Computes the digest of the written bytes; older versions of Android have no stream that discards its bytes. */
    private static final class DigestOutput extends OutputStream {

        private final MessageDigest sha = Digest.sha256();

        @Override
        public void write(int b) {
            sha.update((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sha.update(bytes, offset, length);
        }
    }

    private Model lossy(DeviceTask.Work work) throws InterruptedException {
        LossyReplica known = lossy;
        lossy = null;
        LossyReplica now = known != null && advance(known, work)
                ? known
                : new LossyReplica(work.round(), transfer.floats(work.model(), ""));
        lossy = replicas ? now : null;
        return now.toModel(plan.layout());
    }

    /** Applies the deltas up to the round; returns false if downloading the whole model is cheaper. */
    private boolean advance(LossyReplica known, DeviceTask.Work work) throws InterruptedException {
        if (known.round() == work.round()) {
            return true;
        }
        byte[] bytes = transfer.changes(known.round(), work, work.denseBytes());
        if (bytes == null) {
            return false;
        }
        try {
            known.advance(bytes, work.round());
        } catch (WireException | IllegalArgumentException e) {
            throw ModelTransfer.unreadable("update of round " + work.round(), e);
        }
        listener.modelFetched(work.round(), ModelKind.UPDATE, bytes.length);
        return true;
    }

    private Model lossless(DeviceTask.Work work) throws InterruptedException {
        Replica known = replica;
        replica = null;
        if (known != null) {
            replica = update(known, work);
            saving = 0;
        } else if (replicas && isWorthBuying(work)) {
            replica = transfer.replica(work);
        }
        return replica == null ? dense(work.model(), computesOnDoubles, "") : rounded(replica);
    }

    private boolean isWorthBuying(DeviceTask.Work work) {
        long dense = denseBytes(work.denseBytes());
        Long update = work.updateBytes();
        if (update != null && update < dense) {
            saving += dense - update;
        }
        long extra = work.replicaBytes() - dense;
        return extra <= saving || extra <= HEADER + dense / NEXT_TO_FREE;
    }

    /** Updates a replica to the round; returns null if downloading the whole model is cheaper. */
    private @Nullable Replica update(Replica from, DeviceTask.Work work) throws InterruptedException {
        if (from.round() == work.round()) {
            return from;
        }
        byte[] bytes = transfer.changes(from.round(), work, denseBytes(work.denseBytes()));
        if (bytes == null) {
            return null;
        }
        try {
            Replica updated = apply(from, bytes, work.round());
            listener.modelFetched(work.round(), ModelKind.UPDATE, bytes.length);
            return updated;
        } catch (WireException | IllegalArgumentException e) {
            throw ModelTransfer.unreadable("update of round " + work.round(), e);
        }
    }

    private Replica apply(Replica from, byte[] bytes, int round) {
        UpdateReader updates = new UpdateReader(bytes, 0, bytes.length, FrameLimits.of(plan.dimension()));
        int at = from.round();
        while (updates.hasNext()) {
            RoundUpdate update = updates.next();
            if (update.round() != at) {
                throw new IllegalArgumentException("it starts at round " + update.round() + ", expected " + at);
            }
            update.applyTo(from.sum());
            // The coordinator steps with the same method on the same S, so the bits are equal. Neither the norm nor the
            // rule's memory is needed here.
            new StepScale(update.factor(), update.divisors(), 0, new double[0])
                    .applyTo(from.x(), from.sum(), plan.layout());
            at++;
        }
        if (at != round) {
            throw new IllegalArgumentException("it ends at round " + at + ", expected " + round);
        }
        return new Replica(round, from.x(), from.sum());
    }

    private Model rounded(Replica from) {
        if (computesOnDoubles) {
            return Model.of(plan.layout(), from.round(), from.x().clone());
        }
        float[] values = new float[plan.dimension()];
        for (int j = 0; j < values.length; j++) {
            values[j] = (float) from.x()[j];
        }
        return Model.of(plan.layout(), from.round(), values);
    }

    /**
     * Downloads the coordinator's model of a round, which is the run's result; with a lossy downlink devices have a
     * different model.
     */
    public Model result(int round) throws InterruptedException {
        return dense(ModelReference.of(round), doublePrecision, plan.downlink() == null ? "" : "&holder=coordinator");
    }

    private Model dense(ModelReference model, boolean doubles, String query) throws InterruptedException {
        return doubles
                ? Model.of(plan.layout(), model.round(), transfer.doubles(model, query))
                : Model.of(plan.layout(), model.round(), transfer.floats(model, query));
    }

    private long denseBytes(long asFloats) {
        return computesOnDoubles ? 2 * asFloats : asFloats;
    }
}
