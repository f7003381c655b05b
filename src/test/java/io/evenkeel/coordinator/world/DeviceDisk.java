package io.evenkeel.coordinator.world;

import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.StateStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored data of a device. Each change is atomic, as {@link StateStore} promises; the power may fail before or
 * after it. Used by one thread at a time.
 */
final class DeviceDisk implements StateStore {

    private final StateStore pieces = new MemoryStateStore();
    private int changesLeft = Integer.MAX_VALUE;
    private boolean isLastStored;
    private boolean isOff;

    /** Deletes all data. */
    void erase() {
        pieces.names("").forEach(pieces::delete);
    }

    /** Switches the power on, until it fails at a later change. */
    void powerOn() {
        changesLeft = Integer.MAX_VALUE;
        isOff = false;
    }

    /**
     * Makes the power fail at a change.
     *
     * @param change the number of the change, 1 for the next
     * @param stored whether that change is stored
     */
    void failAt(int change, boolean stored) {
        changesLeft = change;
        isLastStored = stored;
    }

    /** Switches the power off; nothing can be read or changed until it is on again. */
    void powerOff() {
        isOff = true;
    }

    boolean isOff() {
        return isOff;
    }

    private void change(Runnable change) {
        requirePower();
        changesLeft--;
        if (changesLeft > 0) {
            change.run();
            return;
        }
        isOff = true;
        if (isLastStored) {
            change.run();
        }
        throw new PowerLoss();
    }

    private void requirePower() {
        if (isOff) {
            throw new PowerLoss();
        }
    }

    @Override
    public byte @Nullable [] read(String name) {
        requirePower();
        return pieces.read(name);
    }

    @Override
    public void write(String name, Content content) {
        change(() -> pieces.write(name, content));
    }

    @Override
    public void rename(String from, String to) {
        change(() -> pieces.rename(from, to));
    }

    @Override
    public void delete(String name) {
        change(() -> pieces.delete(name));
    }

    @Override
    public List<String> names(String prefix) {
        requirePower();
        return pieces.names(prefix);
    }

    @Override
    public String describe(String name) {
        return pieces.describe(name);
    }

    @Override
    public void close() {
        // The device reopens its disk after a restart.
    }
}
