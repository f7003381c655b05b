package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Shows why this relay does not take part in the upstream run. Thread-safe. */
@Component
class UpstreamOverview implements OverviewSource {

    private final RelaySettings settings;
    private final RelayLink link;

    UpstreamOverview(RelaySettings settings, RelayLink link) {
        this.settings = settings;
        this.link = link;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        String run = settings.run();
        RelayLink.Snapshot snapshot = link.snapshot();
        String problem = snapshot.problem();
        if (run == null || problem == null || !readers.contain(run)) {
            return List.of();
        }
        return List.of(new WaitingItem(
                WaitingCode.RELAY_PROBLEM,
                true,
                Subject.RELAY,
                run,
                snapshot.lastContact(),
                problem,
                "evenkeel relays"));
    }
}
