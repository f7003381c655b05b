package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.client.StateStore;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.OperatorException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A device on a thread of this process, which crashes by an exception in its store or transport. */
public final class ThreadDevice implements ChaosDevice {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final DeviceEnvironment environment;
    private final Crashes crashes;
    private final OperatorApi operator;
    private volatile @Nullable EvenkeelClient client;
    private volatile boolean ended;
    private int reweighed;

    /**
     * @param operator returns the progress of the run while the device is not a member
     */
    public ThreadDevice(DeviceEnvironment environment, Crashes crashes, OperatorApi operator) {
        this.environment = environment;
        this.crashes = crashes;
        this.operator = operator;
    }

    @Override
    public void live() throws InterruptedException {
        while (!ended && !liveOnce()) {
            // The device crashed and restarts from the state in its folder.
            Thread.onSpinWait();
        }
    }

    /** Runs the device until it crashes or the run is over; returns whether the run is over. */
    private boolean liveOnce() throws InterruptedException {
        Change.Kind change;
        try (EvenkeelClient life = begin()) {
            life.train(environment.gradient());
            return true;
        } catch (SimulatedCrash e) {
            change = e.change();
        }
        return change != null && !change(change);
    }

    private EvenkeelClient begin() {
        StateStore store = new WatchedStore(FileStateStore.open(environment.folder()), crashes::stored);
        ClientBuilder builder = environment.client(reweighed).stateStore(store);
        EvenkeelClient life = builder.transport(new WatchedTransport(crashes::exchange))
                .listener(new ClientListener() {
                    private @Nullable String whyNoCopy;

                    @Override
                    public void roundStarted(int round) {
                        crashes.begin(round);
                    }

                    @Override
                    public void backupFailed(String reason) {
                        whyNoCopy = reason;
                    }

                    @Override
                    public void recovered(long sequence) {
                        crashes.recovered(new DiskRecovery(
                                environment.device(), environment.hasRecoveryKey(), sequence, whyNoCopy));
                        whyNoCopy = null;
                    }
                })
                .build();
        client = life;
        return life;
    }

    /** Applies a change; returns whether the device restarts. */
    private boolean change(Change.Kind change) throws InterruptedException {
        return switch (change) {
            case REWEIGH -> {
                reweighed++;
                yield true;
            }
            case LOSE_DISK, LOSE_DISK_SHARED, LOSE_DISK_MASKED -> {
                try (FileStateStore store = FileStateStore.open(environment.folder())) {
                    SavedDevice.forget(store, ChaosSettings.RUN);
                }
                yield true;
            }
            case LEAVE_AND_RETURN -> {
                try (EvenkeelClient life = begin()) {
                    life.leave();
                }
                yield awaitRoundAfter(crashes.round());
            }
            case JOIN, FOLLOW -> throw new IllegalStateException("not a change of a running device: " + change);
        };
    }

    /** Waits until a round has closed without the device. Returns whether the run continues. */
    private boolean awaitRoundAfter(int round) {
        while (!ended) {
            try {
                var status = operator.status(ChaosSettings.RUN);
                if (status.ended() || status.round() > round) {
                    return !status.ended();
                }
            } catch (OperatorException e) {
                // The coordinator is down and will restart.
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return false;
    }

    @Override
    public void end() {
        ended = true;
        EvenkeelClient life = client;
        if (life != null) {
            life.stop();
        }
    }
}
