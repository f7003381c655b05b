package io.evenkeel.trial.fleet;

import io.evenkeel.engine.selection.Attributes;

/**
 * A group of similar devices. Immutable.
 *
 * @param name its name in results
 * @param share the group's share of the fleet, in proportion to the other groups' shares
 * @param attributes the attributes of the devices that selectors of a run's definition see
 * @param online when the devices are online
 * @param shift the maximum random shift of each device's hours, in either direction, in milliseconds
 * @param presence the share of a device's online spans in which it actually is online
 * @param compute the milliseconds that a device takes to compute a message
 * @param up the speed at which devices send, in Mbit/s
 * @param down the speed at which devices receive, in Mbit/s
 * @param latency the milliseconds from a request to its response, without the time for its content
 * @param dropout the share of started messages that a device never sends, because it is switched off or loses
 *     its connection
 */
public record DeviceGroup(
        String name,
        double share,
        Attributes attributes,
        OnlineHours online,
        long shift,
        double presence,
        ValueRange compute,
        ValueRange up,
        ValueRange down,
        ValueRange latency,
        double dropout) {}
