package io.evenkeel.coordinator.platform.http;

/**
 * Computes the key for counting the requests and connections of an address. For IPv6 this is the network,
 * because a host may use all of its 2^64 addresses.
 */
public final class AddressKey {

    private static final int NETWORK_GROUPS = 4;
    private static final int MAX_LENGTH = 64;

    private AddressKey() {}

    /** Returns the key of an address in text form. */
    public static String of(String address) {
        String key = address.indexOf(':') < 0 || address.contains("::") ? address : network(address);
        return key.length() <= MAX_LENGTH ? key : key.substring(0, MAX_LENGTH);
    }

    private static String network(String address) {
        int end = -1;
        for (int group = 0; group < NETWORK_GROUPS; group++) {
            end = address.indexOf(':', end + 1);
            if (end < 0) {
                return address;
            }
        }
        return address.substring(0, end);
    }
}
