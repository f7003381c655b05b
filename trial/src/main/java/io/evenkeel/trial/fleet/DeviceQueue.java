package io.evenkeel.trial.fleet;

import java.util.Arrays;

/**
 * Queues devices by the time of their next event, in a binary heap of longs. An entry combines a time in
 * milliseconds with a device, so devices with equal times are in ascending order. Not thread-safe.
 */
final class DeviceQueue {

    /** The maximum number of devices. */
    static final int MAX_DEVICES = 1 << 22;

    private static final int DEVICE_BITS = 22;

    private long[] heap = new long[1024];
    private int size;

    /** Adds an event; a device may have several. */
    void add(long time, int device) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        long entry = time << DEVICE_BITS | device;
        int place = size++;
        while (place > 0 && heap[(place - 1) / 2] > entry) {
            heap[place] = heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        heap[place] = entry;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Returns the time of the first event; the queue must not be empty. */
    long time() {
        return heap[0] >>> DEVICE_BITS;
    }

    /** Removes the first event and returns its device; the queue must not be empty. */
    int remove() {
        int device = (int) (heap[0] & (MAX_DEVICES - 1));
        long last = heap[--size];
        int place = 0;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = last;
        return device;
    }
}
