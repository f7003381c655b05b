package io.evenkeel.coordinator.checkin;

import io.evenkeel.engine.checkin.Demand;
import io.evenkeel.engine.definition.DeviceChoice;
import org.jspecify.annotations.Nullable;

/**
 * Open work for any device that it admits. Two offers are equal if they represent the same work.
 *
 * @param kind {@link WorkSource#kind} of its source
 * @param key identifies it within its source
 * @param run the name of the run it belongs to, null for none; a device that enrolled for one run gets no
 *     offers from other runs
 * @param priority offers with a larger priority come first; offers with the same priority are sorted by kind
 *     and key
 * @param devices selects the devices that may get it, by {@link DeviceChoice#admits}
 * @param demand the number of devices that it needs, which determines when idle devices return
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
