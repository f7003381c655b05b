package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.platform.http.LongPolls;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Returns when devices were last seen. The time in the database is up to five minutes old; this replica
 * knows, to the second, when it received a request. Thread-safe.
 */
@Component
class LastSeen {

    private final DeviceCache devices;
    private final LongPolls.Limit polls;
    private final Clock clock;

    LastSeen(DeviceCache devices, LongPolls.Limit polls, Clock clock) {
        this.devices = devices;
        this.polls = polls;
        this.clock = clock;
    }

    /**
     * Returns when a device last sent a request; the current time while one of its requests waits for work.
     *
     * @param stored the time in the database
     */
    @Nullable
    Instant of(String client, @Nullable Instant stored) {
        Instant now = clock.instant();
        if (polls.isWaiting(client)) {
            return now;
        }
        Instant here = devices.sinceRequest(client).map(now::minus).orElse(null);
        return here == null || (stored != null && stored.isAfter(here)) ? stored : here;
    }
}
