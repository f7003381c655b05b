package io.evenkeel.engine.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class DevicePartTest {

    private static final int DEVICES = 2_000;

    @Property(tries = 100)
    void adjacentPartsDivideTheDevicesOfTheirUnion(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 1, max = 12) int count,
            @ForAll @IntRange(min = 1, max = 1000) int thousandths) {
        double share = thousandths / 1000.0;
        List<DevicePart> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new DevicePart(seed, share * i / count, share * (i + 1) / count));
        }
        DevicePart all = new DevicePart(seed, 0, share * count / count);
        for (int i = 0; i < DEVICES; i++) {
            String device = "device-" + i;
            assertThat(parts.stream().filter(part -> part.contains(device))).hasSize(all.contains(device) ? 1 : 0);
        }
    }
}
