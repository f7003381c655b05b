package io.evenkeel.coordinator.run;

/** Uses currently free memory of the models' share. {@link RunMemory} calls it under its lock. */
public interface ReclaimableCache {

    /** Holds nothing. */
    ReclaimableCache NONE = new ReclaimableCache() {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void clear() {}
    };

    /** Returns the bytes that it holds. */
    long bytes();

    /** Releases all of it. */
    void clear();
}
