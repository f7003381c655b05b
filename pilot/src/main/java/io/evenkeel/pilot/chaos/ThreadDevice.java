package io.evenkeel.pilot.chaos;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.http.JdkTransport;
import io.evenkeel.client.state.FileStateStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A device that lives on a thread of this process, and dies by an exception out of its store or its link. */
final class ThreadDevice implements Device {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Place place;
    private final Crashes crashes;
    private volatile @Nullable EvenkeelClient client;
    private volatile boolean ended;

    ThreadDevice(Place place, Crashes crashes) {
        this.place = place;
        this.crashes = crashes;
    }

    @Override
    public void live() throws InterruptedException {
        while (!ended && !liveOnce()) {
            // It died, and comes back from what lies in its folder.
            Thread.onSpinWait();
        }
    }

    private boolean liveOnce() throws InterruptedException {
        try (EvenkeelClient life = place.client()
                .stateStore(new CrashingStore(FileStateStore.open(place.folder()), crashes))
                .transport(new CrashingTransport(new JdkTransport(CONNECT, SILENCE, null), crashes))
                .listener(new ClientListener() {
                    @Override
                    public void roundStarted(int round) {
                        crashes.begin(round);
                    }
                })
                .build()) {
            client = life;
            life.train(place.gradient());
            return true;
        } catch (SimulatedCrash e) {
            return false;
        }
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
