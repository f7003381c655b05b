package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.run.DeviceChoice;

/**
 * Work that is open for any device that it admits.
 *
 * @param kind {@link WorkSource#kind} of its source
 * @param key what the source knows it by; unique among the source's offers
 * @param run the name of the run it belongs to; a device that enrolled for one run only is given nothing of others
 * @param priority larger first; offers of the same priority are sorted by kind and key
 * @param devices says by {@link DeviceChoice#admits} which devices may have it
 */
public record WorkOffer(String kind, long key, String run, int priority, DeviceChoice devices) {}
