package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The weights in force in a round, by the members' ordinals. */
final class MemberWeights {

    private final Map<Integer, Double> weights = new HashMap<>();

    MemberWeights(List<Member> active) {
        active.forEach(member -> weights.put(member.ordinal(), member.weight()));
    }

    double of(int ordinal) {
        Double weight = weights.get(ordinal);
        if (weight == null) {
            throw new IllegalStateException(
                    "a message is from ordinal " + ordinal + ", which takes no part in the round");
        }
        return weight;
    }
}
