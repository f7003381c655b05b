package io.evenkeel.trial.fleet;

import io.evenkeel.core.vector.SplitMix64;
import java.util.List;

/**
 * The devices of a simulated fleet, in arrays: the group of each, its online times and its speed. All are derived from
 * a seed. Times are milliseconds of virtual time. Immutable after construction.
 */
public final class SimulatedFleet {

    /** Later than any event. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The number of cycles searched for the next span of a device. */
    private static final int MAX_CYCLES = 10_000;

    private static final int BITS_IN_BYTE = 8;
    private static final double BITS_IN_MBIT = 1e6;
    private static final double MILLIS = 1000;

    private final long cycle;
    private final List<DeviceGroup> groups;
    private final long seed;
    private final byte[] group;
    private final int[] shift;
    private final int[] compute;
    private final int[] latency;

    /** The speed in bytes per millisecond. */
    private final float[] up;

    private final float[] down;

    public SimulatedFleet(Availability availability, int devices, long seed) {
        this.cycle = availability.cycle();
        this.groups = availability.groups();
        this.seed = SplitMix64.derive(seed, 1);
        group = new byte[devices];
        shift = new int[devices];
        compute = new int[devices];
        latency = new int[devices];
        up = new float[devices];
        down = new float[devices];
        double total = groups.stream().mapToDouble(DeviceGroup::share).sum();
        SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, 2));
        for (int device = 0; device < devices; device++) {
            group[device] = group(random.nextDouble() * total);
            DeviceGroup own = group(device);
            shift[device] = (int) Math.round((2 * random.nextDouble() - 1) * own.shift());
            compute[device] = (int) Math.round(own.compute().at(random.nextDouble()));
            up[device] = bytesInMillisecond(own.up().at(random.nextDouble()));
            down[device] = bytesInMillisecond(own.down().at(random.nextDouble()));
            latency[device] = (int) Math.round(own.latency().at(random.nextDouble()));
        }
    }

    private byte group(double place) {
        double end = 0;
        for (int i = 0; i < groups.size() - 1; i++) {
            end += groups.get(i).share();
            if (place < end) {
                return (byte) i;
            }
        }
        return (byte) (groups.size() - 1);
    }

    private static float bytesInMillisecond(double megabits) {
        return (float) (megabits * BITS_IN_MBIT / BITS_IN_BYTE / MILLIS);
    }

    public int size() {
        return group.length;
    }

    public DeviceGroup group(int device) {
        return groups.get(group[device]);
    }

    /** Returns the time of one request and its response. */
    long latency(int device) {
        return latency[device];
    }

    /** Returns the time to fetch the task and a model of this size, to compute, and to send a message of this size. */
    public long work(int device, long downloaded, long message) {
        return 3L * latency[device]
                + compute[device]
                + transfer(downloaded, down[device])
                + transfer(message, up[device]);
    }

    private static long transfer(long bytes, float bytesInMillisecond) {
        return (long) Math.ceil(bytes / bytesInMillisecond);
    }

    /** Returns the first time from {@code time} on at which a device is online; {@link #NEVER} if there is none. */
    public long nextOnline(int device, long time) {
        OnlineHours hours = group(device).online();
        if (hours.isAlways()) {
            return time;
        }
        long local = time - shift[device];
        long first = Math.floorDiv(local, cycle) - 1;
        for (long number = first; number < first + MAX_CYCLES; number++) {
            for (int i = 0; i < hours.spans().size(); i++) {
                OnlineHours.Span span = hours.spans().get(i);
                if (number * cycle + span.to() > local && isPresent(device, number, i)) {
                    return Math.max(time, number * cycle + span.from() + shift[device]);
                }
            }
        }
        return NEVER;
    }

    /** Returns when a device that is online at a time goes offline; {@link #NEVER} if it never does. */
    public long onlineUntil(int device, long time) {
        OnlineHours hours = group(device).online();
        if (hours.isAlways()) {
            return NEVER;
        }
        long local = time - shift[device];
        for (long number = Math.floorDiv(local, cycle) - 1; ; number++) {
            for (OnlineHours.Span span : hours.spans()) {
                if (number * cycle + span.to() > local) {
                    return number * cycle + span.to() + shift[device];
                }
            }
        }
    }

    private boolean isPresent(int device, long number, int span) {
        double presence = group(device).presence();
        if (presence == 1) {
            return true;
        }
        long draw = SplitMix64.derive(SplitMix64.derive(seed, device), number * Byte.MAX_VALUE + span);
        return new SplitMix64(draw).nextDouble() < presence;
    }
}
