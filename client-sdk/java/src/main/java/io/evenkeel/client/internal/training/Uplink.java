package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Problem;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.client.internal.protocol.ModelReference;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.core.wire.Digest;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends the staged message until the coordinator answers, and then commits or discards it. */
final class Uplink {

    /**
     * Problems after which the message is not and will not be accepted: if it had been, the response would be
     * the receipt. The device continues with its state unchanged.
     */
    private static final Set<ProblemType> TOO_LATE =
            Set.of(ProblemType.ROUND_CLOSED, ProblemType.ROUND_NOT_OPEN, ProblemType.WRONG_STATE);

    private static final Set<ProblemType> DIVERGED = Set.of(ProblemType.STATE_DIVERGED, ProblemType.CONFLICT);

    /** Problems after which the message is dropped, and the device must recover before it continues. */
    private static final Set<ProblemType> USELESS = Set.of(ProblemType.OTHER_MODEL, ProblemType.HISTORY_LOST);

    /** The statuses of problems with the message itself, which would be refused again. */
    private static final Set<Integer> BAD_MESSAGE = Set.of(400, 413, 415, 422);

    private final Coordinator coordinator;
    private final RunPlan plan;
    private final DeviceState state;
    private final Reconciliation reconciliation;
    private final ClientListener listener;
    private int accepted;
    private int refused;

    Uplink(
            Coordinator coordinator,
            RunPlan plan,
            DeviceState state,
            Reconciliation reconciliation,
            ClientListener listener) {
        this.coordinator = coordinator;
        this.plan = plan;
        this.state = state;
        this.reconciliation = reconciliation;
        this.listener = listener;
    }

    int accepted() {
        return accepted;
    }

    int refused() {
        return refused;
    }

    /** Returns the device's membership. */
    RunMembership member() {
        return reconciliation.member();
    }

    /**
     * The result of sending a message.
     *
     * @param isTooEarly whether the round is not open yet, so that the message must be sent again
     * @param next the device's next task
     */
    record Sent(boolean isTooEarly, DeviceTask next) {}

    /**
     * Sends the staged message and requests the next task.
     *
     * @param wait the time for which the coordinator may hold the request
     * @param since the round of the device's last model, -1 for none
     * @throws EvenkeelException if the device cannot continue; a message that may have been accepted stays staged
     */
    Sent send(Duration wait, int since) throws InterruptedException {
        Pending pending = Objects.requireNonNull(state.pending());
        try {
            DeviceTask next = coordinator
                    .message(plan.run(), model(pending), pending.message())
                    .send(
                            wait,
                            since,
                            receipt -> commit(pending, receipt),
                            arrived -> listener.messagePartArrived(pending.round(), arrived, pending.message().length));
            return new Sent(false, next);
        } catch (CoordinatorException e) {
            if (!settle(pending, e.problem())) {
                throw e;
            }
            return new Sent(e.problem().type() == ProblemType.ROUND_NOT_OPEN, DeviceTask.Nothing.YET);
        }
    }

    /** Returns the model that a message was computed on. */
    static ModelReference model(Pending pending) {
        return new ModelReference(pending.round(), pending.history());
    }

    /**
     * Commits a message that is in the sum of a cohort, or discards one that is not.
     *
     * @param receipt null if the message is not in the sum
     */
    void settle(Pending pending, @Nullable Receipt receipt) throws InterruptedException {
        if (receipt == null) {
            state.discard();
        } else if (receipt.digest() == pending.digest() || !reconciliation.isRestored()) {
            commit(pending, receipt);
            reconciliation.backUp();
            return;
        } else if (reconciliation.reconcile(coordinator.membership(plan.run()))) {
            // The sum contains the message that the device sent before it lost its state, and the coordinator is
            // behind.
            state.discard();
        }
        refused++;
        listener.messageNotIncluded(pending.round());
    }

    private void commit(Pending pending, Receipt receipt) {
        verify(receipt, pending);
        state.commit();
        accepted++;
        listener.messageAccepted(receipt);
    }

    private void verify(Receipt receipt, Pending pending) {
        if (receipt.digest() != pending.digest()
                || receipt.sequence() != pending.sequence()
                || receipt.round() != pending.round()) {
            throw new EvenkeelException(
                    "the receipt is for message " + receipt.sequence() + " of round " + receipt.round()
                            + " with digest " + Digest.toHex(receipt.digest()) + ", but message " + pending.sequence()
                            + " of round "
                            + pending.round() + " with digest " + Digest.toHex(pending.digest())
                            + " was sent: a proxy between device and coordinator mixes up responses; the message stays staged");
        }
    }

    /** Handles a refusal; returns whether the device can continue. */
    boolean settle(Pending pending, Problem problem) throws InterruptedException {
        if (DIVERGED.contains(problem.type())) {
            // If the chains agree, this round was answered before, and this second message must be dropped.
            if (reconciliation.reconcile(coordinator.membership(plan.run()))) {
                state.discard();
            }
        } else if (TOO_LATE.contains(problem.type())) {
            state.discard();
        } else if (BAD_MESSAGE.contains(problem.status())) {
            return isAcceptedAfterAll(pending);
        } else {
            if (USELESS.contains(problem.type())) {
                state.discard();
            }
            return false;
        }
        refused++;
        listener.messageRefused(pending.round(), problem);
        return true;
    }

    /**
     * Commits a message that the membership includes, and discards any other. The refusal may come from a proxy, or
     * answer a repeated request: the receipt of an earlier request may be lost.
     */
    private boolean isAcceptedAfterAll(Pending pending) throws InterruptedException {
        if (!reconciliation.reconcile(coordinator.membership(plan.run()))) {
            return false;
        }
        RunMembership member = member();
        if (member.sequence() < pending.sequence()) {
            state.discard();
            return false;
        }
        commit(
                pending,
                new Receipt(
                        plan.run(),
                        member.client(),
                        pending.round(),
                        member.lastRound(),
                        member.sequence(),
                        member.head(),
                        member.head(),
                        null));
        return true;
    }
}
