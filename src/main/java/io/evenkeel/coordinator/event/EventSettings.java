package io.evenkeel.coordinator.event;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import io.evenkeel.core.heap.HeapBudget;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.events}.
 *
 * @param poll how often the database is asked for news of the runs that are streamed, default 500 ms; at most one progress event is sent
 *     in this time. 0 for never, which leaves it to tests
 * @param heartbeat how often a comment is sent to a stream, and its credentials are checked, default 15 s
 * @param streams how many streams a coordinator holds at most, default 200; fewer if they would take more than 1/32 of the heap
 * @param streamsOfCaller how many of them one caller may hold, default 50, and half of all at most
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
