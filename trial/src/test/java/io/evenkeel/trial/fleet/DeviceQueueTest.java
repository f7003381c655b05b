package io.evenkeel.trial.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.vector.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceQueueTest {

    private record Event(long time, int device) {}

    @Test
    void eventsComeByTimeAndThenByDevice() {
        DeviceQueue queue = new DeviceQueue();
        SplitMix64 random = new SplitMix64(3);
        List<Event> expected = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Event event = new Event(random.next(500) + (1L << 40), random.next(DeviceQueue.MAX_DEVICES));
            expected.add(event);
            queue.add(event.time(), event.device());
        }
        expected.sort(Comparator.comparingLong(Event::time).thenComparingInt(Event::device));
        List<Event> found = new ArrayList<>();
        while (!queue.isEmpty()) {
            found.add(new Event(queue.time(), queue.remove()));
        }
        assertThat(found).isEqualTo(expected);
    }
}
