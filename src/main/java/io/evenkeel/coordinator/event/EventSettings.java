package io.evenkeel.coordinator.event;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import io.evenkeel.core.heap.HeapBudget;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.events}.
 *
 * @param poll how often the database is queried for news of the streamed runs, default 500 ms; at most one progress
 *     event is sent in this time; 0 disables it for tests
 * @param heartbeat how often a comment is sent to a stream, and its credentials are checked, default 15 s
 * @param streams the maximum number of streams of a coordinator, default 200; fewer if they would take more than 1/32
 *     of the heap
 * @param streamsOfCaller the maximum number of streams of one caller, default 50, and at most half of all
 * @param retention how long events are kept, default 30 days
 */
@ConfigurationProperties("evenkeel.events")
record EventSettings(
        @DefaultValue("500ms") Duration poll,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("" + HeapBudget.DEFAULT_STREAMS) int streams,
        @DefaultValue("50") int streamsOfCaller,
        @DefaultValue("30d") Duration retention) {

    EventSettings {
        require("events.poll", !poll.isNegative(), poll, "0 or more, such as 500ms");
        require("events.heartbeat", heartbeat.toMillis() >= 1, heartbeat, "above 0, such as 15s");
        require("events.streams", streams >= 0, streams, "0 or more");
        require("events.streams-of-caller", streamsOfCaller >= 0, streamsOfCaller, "0 or more");
        require("events.retention", !retention.isNegative(), retention, "0 or more, such as 30d");
    }
}
