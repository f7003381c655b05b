package io.evenkeel.client;

import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Task;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.core.wire.Digest;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/** Sends the staged message until its fate is known, and commits it or discards it accordingly. */
final class Uplink {

    /** Not accepted, now or ever, since had it been, the answer would be the receipt: the device goes on with its state as before. */
    private static final Set<ProblemType> TOO_LATE =
            Set.of(ProblemType.ROUND_CLOSED, ProblemType.ROUND_NOT_OPEN, ProblemType.WRONG_STATE);

    private static final Set<ProblemType> DIVERGED = Set.of(ProblemType.STATE_DIVERGED, ProblemType.CONFLICT);

    /** The message itself is at fault and would be refused again. */
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

    /**
     * What became of a message.
     *
     * @param isTooEarly whether its round is not open yet, so that it is still to be answered
     * @param next what the coordinator has the device do now
     */
    record Sent(boolean isTooEarly, Task next) {}

    /**
     * Sends the message under way, and asks for work after it.
     *
     * @param wait how long the coordinator may hold the question
     * @param since the round whose model the device had last, -1 for none
     * @throws EvenkeelException if the device cannot go on; a message that may have been accepted stays staged
     */
    Sent send(Duration wait, int since) throws InterruptedException {
        Pending pending = Objects.requireNonNull(state.pending());
        try {
            Task next = coordinator.send(
                    plan.run(), pending.round(), pending.message(), wait, since, receipt -> commit(pending, receipt));
            return new Sent(false, next);
        } catch (CoordinatorException e) {
            if (!settle(pending, e.problem())) {
                throw e;
            }
            return new Sent(e.problem().type() == ProblemType.ROUND_NOT_OPEN, Task.Nothing.YET);
        }
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
                            + " with digest " + Digest.toHex(receipt.digest()) + ", and message " + pending.sequence()
                            + " of round "
                            + pending.round() + " with digest " + Digest.toHex(pending.digest())
                            + " was sent: something between device and coordinator mixes up answers; the message stays staged");
        }
    }

    /** Does what a refusal calls for; tells whether the device can go on. */
    private boolean settle(Pending pending, Problem problem) throws InterruptedException {
        if (DIVERGED.contains(problem.type())) {
            // The chains agree only if this round had been answered before; then this second answer is to be dropped.
            if (reconciliation.reconcile(coordinator.membership(plan.run()))) {
                state.discard();
            }
        } else if (TOO_LATE.contains(problem.type())) {
            state.discard();
        } else {
            if (BAD_MESSAGE.contains(problem.status())) {
                state.discard();
            }
            return false;
        }
        refused++;
        listener.messageRefused(pending.round(), problem);
        return true;
    }
}
