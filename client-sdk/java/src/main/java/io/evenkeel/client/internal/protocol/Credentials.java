package io.evenkeel.client.internal.protocol;

/**
 * What a device proves itself with.
 *
 * @param client its id
 * @param secret its bearer token, never to be logged
 */
public record Credentials(String client, String secret) {

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "credentials of client " + client;
    }
}
