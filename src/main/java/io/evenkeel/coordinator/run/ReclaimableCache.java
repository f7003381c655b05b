package io.evenkeel.coordinator.run;

/** A cache in the free memory of the models' share. {@link RunMemory} calls it under its lock. */
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

    /** Returns the bytes that the cache holds. */
    long bytes();

    /** Releases the whole cache. */
    void clear();
}
