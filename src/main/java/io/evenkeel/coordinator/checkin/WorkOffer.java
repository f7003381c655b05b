package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.definition.DeviceChoice;
import org.jspecify.annotations.Nullable;

/**
 * Open work for any device that it admits. Two offers are equal if they represent the same work.
 *
 * @param kind {@link WorkSource#kind} of its source
 * @param key what the source knows it by; unique among the source's offers
 * @param run the name of the run it belongs to, null for none; a device that enrolled for one run only is given nothing of others
 * @param priority larger first; offers of the same priority are sorted by kind and key
 * @param devices says by {@link DeviceChoice#admits} which devices may have it
 * @param demand how many devices it needs, which decides when those with nothing to do come back
 */
public record WorkOffer(
        String kind, long key, @Nullable String run, int priority, DeviceChoice devices, Demand demand) {

    @Override
    public boolean equals(Object other) {
        return other instanceof WorkOffer offer && kind.equals(offer.kind) && key == offer.key;
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Long.hashCode(key);
    }
}
