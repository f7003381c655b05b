package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.DivergedException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.OnDivergence;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.MemberState;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Digest;
import java.util.List;

/**
 * Compares the device's state with the coordinator's, and replaces the device's state if allowed.
 *
 * <p>The coordinator can return g_i, the sum of the accepted messages. Momentum restarts. EF14's unsent error
 * is lost, since the coordinator keeps no sum of EF14's messages.
 *
 * <p>With secure aggregation the coordinator does not know g_i. The device restores its encrypted copy, or leaves and
 * joins again as a new member. Its earlier messages stay in the sum until the epoch ends.
 */
final class Reconciliation {

    private static final long NOT_RESTORED = -1;

    private final Coordinator coordinator;
    private final DeviceState state;
    private final Settings settings;
    private final ClientListener listener;
    private final RunPlan plan;
    private final StateBackups backups;
    private RunMembership member;
    private long restored = NOT_RESTORED;

    Reconciliation(
            Coordinator coordinator,
            DeviceState state,
            Settings settings,
            ClientListener listener,
            RunMembership member) {
        this.coordinator = coordinator;
        this.state = state;
        this.settings = settings;
        this.listener = listener;
        this.plan = member.plan();
        this.backups = new StateBackups(coordinator, state, listener, member, settings.recoveryKey());
        this.member = member;
    }

    /** Returns the device's membership, which is new after it has joined again. */
    RunMembership member() {
        return member;
    }

    /** Uploads the encrypted copy of the state after an accepted message. */
    void backUp() throws InterruptedException {
        backups.upload();
    }

    /**
     * Returns whether the state was restored from a copy and no message has been accepted since. A message
     * that the device sent before it lost its state may still be accepted; then the copy is too old.
     */
    boolean isRestored() {
        return restored == state.sequence();
    }

    /**
     * Ensures that the device and the coordinator are at the same message, or that the coordinator is ahead
     * by exactly the staged message.
     *
     * @return whether they already agreed
     * @throws DivergedException if they disagree and the device may not adopt the coordinator's state
     */
    boolean reconcile(RunMembership current) throws InterruptedException {
        member = current;
        // A run without a message of this device may be a new run that was created under this name.
        if (member.sequence() > 0 && member.sequence() < state.sequence()) {
            loseHistory();
            return false;
        }
        OnDivergence choice = settings.onDivergence();
        Pending pending = state.pending();
        boolean agrees = member.sequence() == state.sequence() && member.head() == state.head();
        boolean ahead = pending != null && member.sequence() == pending.sequence() && member.head() == pending.digest();
        if (agrees || ahead) {
            return true;
        }
        boolean lost = state.isFresh() || member.sequence() == 0 || isRestored();
        if (choice == OnDivergence.FAIL || (choice == OnDivergence.RECOVER_IF_LOST && !lost)) {
            throw new DivergedException(explain());
        }
        adopt(true);
        listener.recovered(state.sequence());
        return false;
    }

    /**
     * Follows a coordinator whose database was restored to an earlier state: adopts the coordinator's state if
     * messages are lost, and drops the staged message unless the coordinator has it.
     *
     * @throws DivergedException as {@link #reconcile}
     */
    void follow(RunMembership current) throws InterruptedException {
        if (current.sequence() < state.sequence()) {
            member = current;
            loseHistory();
            return;
        }
        boolean agrees = reconcile(current);
        Pending pending = state.pending();
        if (agrees && pending != null && member.sequence() < pending.sequence()) {
            state.discard();
        }
    }

    /**
     * Adopts the coordinator's state regardless of the application's choice: a receipt for a message that the
     * coordinator lacks proves that its database was restored, not that another copy of this device exists.
     */
    private void loseHistory() throws InterruptedException {
        long lost = state.sequence() - member.sequence();
        coordinator.reportLost(plan.run(), state.sequence(), state.lastRound());
        listener.messagesLost(lost, member.lastRound() + 1, state.lastRound());
        adopt(false);
        listener.recovered(state.sequence());
    }

    /** @param hasLostCount whether the count of the device's spent privacy may be lost with its state */
    private void adopt(boolean hasLostCount) throws InterruptedException {
        FeedbackMethod method = state.feedback().method();
        if (member.sequence() == 0) {
            state.adopt(0, 0, -1, List.of());
        } else if (plan.secureAggregation() != null && method.retainsSum()) {
            if (backups.restore(member)) {
                restored = state.sequence();
            } else {
                joinAgain(hasLostCount);
                state.adopt(0, 0, -1, List.of());
            }
        } else if (method.retainsSum()) {
            MemberState theirs = coordinator.state(plan.run(), plan.dimension());
            state.adopt(theirs.sequence(), theirs.head(), member.lastRound(), List.of(decode(theirs)));
        } else {
            state.adopt(member.sequence(), member.head(), member.lastRound(), List.of());
        }
    }

    /**
     * Leaves, and immediately joins again as a new member: the open round may not be able to close without
     * this device. The old membership remains if the run ends in the meantime.
     */
    private void joinAgain(boolean hasLostCount) throws InterruptedException {
        if (plan.privacy() != null && hasLostCount) {
            throw new DivergedException("this device has lost its state of run '" + plan.run()
                    + "', which has privacy and secure aggregation: the coordinator cannot return it, and joining again"
                    + " would restart the count of its spent privacy; it takes part in no further round of this run");
        }
        coordinator.leave(plan.run());
        RunMembership joined;
        try {
            joined = coordinator.join(plan.run(), settings.weight());
        } catch (CoordinatorException e) {
            if (e.problem().type() != ProblemType.WRONG_STATE) {
                throw e;
            }
            // The run is over. The response to the device's next request for a task says how it ended.
            return;
        }
        if (joined.sequence() != 0) {
            throw new EvenkeelException("the coordinator continues the membership that this device has left in run '"
                    + plan.run() + "', expected a new one: check that both sides have the same version");
        }
        member = joined;
        listener.waiting("left run '" + plan.run() + "' and joined it again, since the saved state is lost; this"
                + " device takes part from the next round on, or in the open one if that cannot close without it");
    }

    private double[] decode(MemberState theirs) {
        try {
            return FrameCodec.decode(theirs.frame(), FrameLimits.of(plan.dimension()))
                    .toDense();
        } catch (WireException e) {
            throw new EvenkeelException(
                    "the coordinator's copy of this device's state cannot be read: " + e.getMessage()
                            + ": check that both sides have the same version",
                    e);
        }
    }

    private String explain() {
        return "this device is at message " + state.sequence() + " (" + Digest.toHex(state.head()) + ") of run '"
                + plan.run()
                + "' and the coordinator at message " + member.sequence() + " (" + Digest.toHex(member.head())
                + ") of client " + member.client()
                + ": its state was copied to another device or restored from an older copy, or the coordinator's was."
                + " If another copy runs, stop one and enrol it as a separate device; if not, build the client with"
                + " onDivergence(RECOVER) once, and it continues from the coordinator's state";
    }
}
