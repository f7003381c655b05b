package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.internal.device.RecoveryKey;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.StateBackup;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an encrypted copy of the device's state at the coordinator, in a run with secure aggregation, and
 * restores it. A failing upload never stops the training.
 */
final class StateBackups {

    private final Coordinator coordinator;
    private final DeviceState state;
    private final ClientListener listener;
    private final RunPlan plan;
    private final String client;
    private final byte @Nullable [] key;
    private final SecureRandom random = new SecureRandom();

    /** @param key the recovery key; null if the device keeps no copy */
    StateBackups(
            Coordinator coordinator,
            DeviceState state,
            ClientListener listener,
            RunMembership member,
            @Nullable RecoveryKey key) {
        this.coordinator = coordinator;
        this.state = state;
        this.listener = listener;
        this.plan = member.plan();
        this.client = member.client();
        // In a private run a device that lost its disk no longer takes part, because it lost the count of its spent
        // privacy.
        this.key = key == null || plan.privacy() != null ? null : key.bytes();
    }

    /** Uploads a copy of the state after an accepted message, in one attempt. */
    void upload() throws InterruptedException {
        if (key == null || !state.feedback().method().retainsSum()) {
            return;
        }
        byte[] nonce = new byte[StateBackup.NONCE_BYTES];
        random.nextBytes(nonce);
        StateBackup backup = new StateBackup(
                new StateBackup.Position(state.sequence(), state.head()),
                state.lastRound(),
                state.feedback().method(),
                plan.dimension(),
                state.feedback().vectors());
        try {
            coordinator.saveBackup(plan.run(), backup.encrypt(key, plan.run(), client, nonce));
        } catch (StoppedException e) {
            throw e;
        } catch (EvenkeelException e) {
            listener.backupFailed("the copy of the state was not uploaded: " + e.getMessage());
        }
    }

    /**
     * Replaces the state with the copy at the coordinator, if the copy includes the membership's last message.
     *
     * @return whether it does
     */
    boolean restore(RunMembership member) throws InterruptedException {
        if (key == null) {
            return false;
        }
        try {
            StateBackup copy = download(member, key);
            state.adopt(member.sequence(), member.head(), copy.lastRound(), copy.vectors());
            return true;
        } catch (CoordinatorException | SecAggException e) {
            listener.backupFailed("the copy of the state was not used: " + e.getMessage());
            return false;
        }
    }

    private StateBackup download(RunMembership member, byte[] recoveryKey)
            throws InterruptedException, SecAggException {
        byte[] bytes = coordinator.backup(
                plan.run(), StateBackup.mostBytes(state.feedback().method(), plan.dimension()));
        if (bytes.length == 0) {
            throw new SecAggException("the coordinator has none");
        }
        StateBackup copy = StateBackup.decrypt(bytes, recoveryKey, plan.run(), client);
        StateBackup.Position position = copy.position();
        if (position.sequence() != member.sequence() || position.head() != member.head()) {
            throw new SecAggException("it includes message " + position.sequence()
                    + ", but the coordinator has accepted message " + member.sequence());
        }
        copy.requireSuited(state.feedback().method(), plan.dimension());
        return copy;
    }
}
