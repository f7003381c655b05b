package io.evenkeel.client.internal.protocol;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The response to a check-in.
 *
 * @param work what the device can do now, the most important first
 * @param pause how long to wait before the next check-in; null if the coordinator sent none
 */
public record CheckIn(List<Item> work, @Nullable Duration pause) {

    /**
     * One thing to do.
     *
     * @param kind such as {@code train}
     * @param run the run's name
     * @param isMember whether the device is a member of the run
     * @param round the round that asks the device, -1 if it is no member
     */
    public record Item(String kind, String run, boolean isMember, int round) {}

    static List<Item> items(JsonFields fields) {
        return fields.objects("work").stream()
                .map(item ->
                        new Item(item.text("kind"), item.text("run"), item.flag("member"), item.naturalOr("round", -1)))
                .collect(Collectors.toList());
    }
}
