package io.evenkeel.coordinator.transfer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Provides the sorted ids of the devices in a file, page by page. */
@FunctionalInterface
interface DeviceIds {

    /** The maximum number of ids in one statement. */
    int PAGE = 10_000;

    /** Returns up to {@code limit} ids, starting after a given id. */
    List<String> after(String id, int limit);

    /** Returns the ids in a list, which must not contain duplicates. */
    static DeviceIds of(List<String> ids) {
        List<String> sorted = ids.stream().sorted().toList();
        return (id, limit) -> {
            int found = Collections.binarySearch(sorted, id);
            int from = found < 0 ? -found - 1 : found + 1;
            return sorted.subList(from, Math.min(sorted.size(), from + limit));
        };
    }

    /** Passes the ids to a receiver page by page. */
    default void forEachPage(Consumer<List<String>> sink) {
        List<String> page = new ArrayList<>(after("", PAGE));
        while (!page.isEmpty()) {
            sink.accept(page);
            page = new ArrayList<>(after(page.get(page.size() - 1), PAGE));
        }
    }
}
