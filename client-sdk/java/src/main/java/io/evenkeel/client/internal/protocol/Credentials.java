package io.evenkeel.client.internal.protocol;

/**
 * A device's credentials.
 *
 * @param client its id
 * @param secret its bearer token, never to be logged
 */
public record Credentials(String client, String secret) {

    /** Returns the client's id without the secret. */
    @Override
    public String toString() {
        return "credentials of client " + client;
    }
}
