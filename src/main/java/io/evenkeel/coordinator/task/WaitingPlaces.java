package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.run.RoundSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Limits the number of requests that wait for work, by the settings and by their share of the heap. Thread-safe. */
@Component
public class WaitingPlaces implements MeterBinder {

    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    WaitingPlaces(RoundSettings settings, HeapBudget budget) {
        this.most = (int) Math.min(
                settings.waitingDevices(), budget.of(HeapBudget.Share.WAITING_DEVICES) / PendingResponse.REQUEST_BYTES);
    }

    /** Takes a place; returns false if all are taken. */
    public boolean take() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives a place back. */
    public void free() {
        taken.decrementAndGet();
    }

    /** Returns how many places there are. */
    public int most() {
        return most;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.waiting.devices", taken, AtomicInteger::get)
                .description("Devices that wait for work in a long poll")
                .register(registry);
    }
}
