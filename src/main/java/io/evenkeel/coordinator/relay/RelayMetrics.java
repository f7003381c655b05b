package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.relay.RelayLink.Snapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Instant;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Exposes metrics of a relay's link; registers none on a coordinator that is not a relay. */
@Component
class RelayMetrics implements MeterBinder {

    private final RelaySettings settings;
    private final RelayLink link;

    RelayMetrics(RelaySettings settings, RelayLink link) {
        this.settings = settings;
        this.link = link;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (settings.upstream() == null) {
            return;
        }
        gauge(
                registry,
                "connected",
                null,
                "1 if the relay takes part in the run above, or did until its end; 0 if it cannot reach it or"
                        + " is refused",
                seen -> seen.connected() ? 1 : 0);
        gauge(
                registry,
                "last.contact.timestamp",
                "seconds",
                "Unix time of the last response from above; NaN before the first",
                seen -> seconds(seen.lastContact()));
        gauge(
                registry,
                "upstream.round",
                null,
                "The newest round above that the relay received; NaN before the first. evenkeel_run_round of"
                        + " the same run is the round at the site",
                seen -> seen.round() < 0 ? Double.NaN : seen.round());
        gauge(
                registry,
                "lag",
                "rounds",
                "Number of rounds that the relay is behind the run above: 0 if it has answered this round, 1 while its"
                        + " site works on it",
                Snapshot::lag);
        counter(registry, "sent", "Bytes of the bodies that the relay has sent, since it enrolled", Snapshot::sent);
        counter(registry, "received", "Bytes of the bodies that the relay has received", Snapshot::received);
    }

    private static double seconds(@Nullable Instant time) {
        return time == null ? Double.NaN : time.toEpochMilli() / 1000.0;
    }

    private String run() {
        return Objects.requireNonNull(settings.run());
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<Snapshot> value) {
        Gauge.builder("evenkeel.relay." + name, link, of -> value.applyAsDouble(of.snapshot()))
                .baseUnit(unit)
                .description(description)
                .tag("run", run())
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<Snapshot> value) {
        FunctionCounter.builder("evenkeel.relay." + name, link, of -> value.applyAsDouble(of.snapshot()))
                .baseUnit(BaseUnits.BYTES)
                .description(description)
                .tag("run", run())
                .register(registry);
    }
}
