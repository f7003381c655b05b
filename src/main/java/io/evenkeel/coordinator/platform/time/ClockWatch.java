package io.evenkeel.coordinator.platform.time;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Stores the trusted time every minute, warns while the clock deviates from it, and corrects rows that were
 * written while the clock was ahead.
 */
@Component
class ClockWatch extends BackgroundWork implements MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Duration BEHIND = Duration.ofMinutes(-1);

    private final TrustedTime time;
    private final TrustedTimeTable table;
    private final List<ClockCorrection> corrections;
    private boolean isWarned;

    ClockWatch(TrustedTime time, TrustedTimeTable table, List<ClockCorrection> corrections, FailureLog failures) {
        super("clock-watch", PERIOD, failures);
        this.time = time;
        this.table = table;
        this.corrections = corrections;
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    @Override
    protected void work() {
        table.newest().ifPresent(time::raise);
        table.raise(time.newest());
        report(time.ahead());
        Instant now = time.forExpiry();
        corrections.forEach(correction -> correction.correct(now));
    }

    private void report(Duration ahead) {
        boolean isFar = ahead.compareTo(TrustedTime.TOLERANCE) > 0 || ahead.compareTo(BEHIND) < 0;
        if (isFar && !isWarned) {
            LOG.warn(
                    "The clock is {} {} the newest time that this installation has seen. Until it agrees, {}. Check"
                            + " the host's clock (NTP). Tokens and deadlines that were created while the clock was ahead"
                            + " are corrected once it is right.",
                    ahead.abs(),
                    ahead.isNegative() ? "behind" : "ahead of",
                    ahead.isNegative()
                            ? "credentials expire by the newest time"
                            : "old entries are deleted by a time that catches up by one day per hour");
        } else if (!isFar && isWarned) {
            LOG.info("The clock agrees again with the times that this installation has seen");
        }
        isWarned = isFar;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        TimeGauge.builder("evenkeel.clock.ahead", () -> time.ahead().toMillis(), TimeUnit.MILLISECONDS)
                .description("How far the host's clock is ahead of the newest time that the installation has seen;"
                        + " negative if it is behind")
                .register(registry);
    }
}
