package io.evenkeel.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.selection.DeviceFraction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupExtentTest {

    @Test
    void aGroupByNumberCountsTheDevicesBehindARelay() {
        List<String> clients = List.of("a", "b", "c", "d", "relay");
        GroupExtent.NumberBound bound = new GroupExtent.NumberBound("r", 4, Map.of("relay", 30));
        clients.forEach(client -> bound.add(client, true));
        double relay = DeviceFraction.of("r", "relay");
        long before = clients.stream()
                .filter(client -> DeviceFraction.of("r", client) < relay)
                .count();
        long inGroup = clients.stream()
                .filter(client -> DeviceFraction.of("r", client) < bound.bound())
                .count();
        assertThat(inGroup).isEqualTo(before < 4 ? before + 1 : 4);
        assertThat(new GroupExtent.NumberBound("r", 4, Map.of()).bound())
                .as("too few devices")
                .isEqualTo(1);
    }
}
