package io.evenkeel.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OrdinalSetTest {

    @Property
    void storesAndRestoresSetsOfOrdinals(@ForAll List<@IntRange(max = 3_000_000) Integer> ordinals) {
        BitSet set = new BitSet();
        ordinals.forEach(set::set);
        assertThat(OrdinalSet.decode(OrdinalSet.encode(set))).isEqualTo(set);
    }
}
