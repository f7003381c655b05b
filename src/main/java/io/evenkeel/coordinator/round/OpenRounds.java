package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.MemberRepository;
import io.evenkeel.coordinator.run.Plans;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Who is asked in each run's open round, remembered so that a thousand polls do not read a thousand members each. Thread-safe.
 *
 * <p>While a round is open the draw can change only by an extension, so the round and the number of extensions tell whether what is
 * remembered still holds.
 */
@Component
class OpenRounds {

    private final MemberRepository members;
    private final Plans plans;
    private final Map<Long, Draw> draws = new ConcurrentHashMap<>();

    OpenRounds(MemberRepository members, Plans plans) {
        this.members = members;
        this.plans = plans;
    }

    /** A draw and what it is for; the set is not changed after. */
    private record Draw(int round, int extended, BitSet sampled) {}

    /**
     * Returns the ordinals of those asked; not to be changed.
     *
     * @param round the run's open round
     * @param extended how often it was extended
     */
    BitSet sampled(long run, int round, int extended) {
        Draw draw = draws.get(run);
        if (draw == null || draw.round() != round || draw.extended() != extended) {
            BitSet sampled = Sampling.draw(plans.of(run), round, members.findActive(run, round), extended);
            draw = new Draw(round, extended, sampled);
            draws.put(run, draw);
        }
        return draw.sampled();
    }

    void forget(long run) {
        draws.remove(run);
    }
}
