package io.evenkeel.coordinator.platform.objects;

/** Thrown at startup if objects cannot be written, read or deleted. */
public final class UnusableStoreException extends RuntimeException {

    private final String settings;

    /**
     * @param settings the settings that locate the store, such as {@code evenkeel.storage.folder}
     */
    public UnusableStoreException(String settings, ObjectStoreException cause) {
        super(String.valueOf(cause.getMessage()), cause);
        this.settings = settings;
    }

    String settings() {
        return settings;
    }
}
