package io.evenkeel.core.privacy;

/** A source of random bytes. On devices it must be cryptographic, such as {@code new SecureRandom()::nextBytes}. */
@FunctionalInterface
public interface EntropySource {

    /** Fills the array with random bytes. */
    void fill(byte[] bytes);
}
