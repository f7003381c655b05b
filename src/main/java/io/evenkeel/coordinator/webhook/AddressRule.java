package io.evenkeel.coordinator.webhook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.springframework.stereotype.Component;

/**
 * Resolves the hosts of webhooks, and refuses those with an address that is not public. Otherwise an operator could
 * make the coordinator send requests into its own network. The client connects only to the checked addresses, so a name
 * that resolves differently the second time (DNS rebinding) has no effect. Thread-safe.
 */
@Component
class AddressRule implements DnsResolver {

    /**
     * Ranges for which {@link InetAddress} has no method: those in IANA's registries of special-purpose addresses, and
     * Azure's.
     */
    private static final List<Range> RESERVED = List.of(
            Range.of("0.0.0.0", 8, "of this network"),
            Range.of("100.64.0.0", 10, "shared by a provider"),
            Range.of("168.63.129.16", 32, "of Azure's virtual machines"),
            Range.of("192.0.0.0", 24, "reserved for protocols"),
            Range.of("192.0.2.0", 24, "for documentation"),
            Range.of("198.18.0.0", 15, "for benchmarks"),
            Range.of("198.51.100.0", 24, "for documentation"),
            Range.of("203.0.113.0", 24, "for documentation"),
            Range.of("240.0.0.0", 4, "reserved"),
            Range.of("::", 96, "an IPv4 address in IPv6"),
            Range.of("64:ff9b::", 96, "an IPv4 address in IPv6"),
            Range.of("64:ff9b:1::", 48, "an IPv4 address in IPv6"),
            Range.of("100::", 64, "discarded"),
            Range.of("2001::", 23, "reserved for protocols"),
            Range.of("2001:db8::", 32, "for documentation"),
            Range.of("2002::", 16, "an IPv4 address in IPv6"),
            Range.of("fc00::", 7, "private"));

    private final boolean allowPrivate;

    AddressRule(WebhookSettings settings) {
        this.allowPrivate = settings.allowPrivateAddresses();
    }

    private record Range(InetAddress start, int bits, String what) {

        static Range of(String start, int bits, String what) {
            try {
                return new Range(InetAddress.getByName(start), bits, what);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(start + " is not a literal address", e);
            }
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            byte[] first = start.getAddress();
            if (bytes.length != first.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if (((bytes[bit / 8] ^ first[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Resolves a name once and checks every address; the caller connects to the returned addresses. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (InetAddress address : addresses) {
            Optional<String> fault = faultOf(address);
            if (fault.isPresent()) {
                throw new ForbiddenAddressException(host + " has the address " + address.getHostAddress()
                        + ", which is " + fault.get() + "; evenkeel.webhooks.allow-private-addresses=true allows it");
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** Returns why the client must not connect to an address; empty if it may. */
    Optional<String> faultOf(InetAddress address) {
        if (allowPrivate) {
            return Optional.empty();
        }
        if (address.isLoopbackAddress()) {
            return Optional.of("loopback");
        }
        if (address.isAnyLocalAddress()) {
            return Optional.of("unspecified");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("link-local");
        }
        if (address.isSiteLocalAddress()) {
            return Optional.of("private");
        }
        if (address.isMulticastAddress()) {
            return Optional.of("multicast");
        }
        return RESERVED.stream()
                .filter(range -> range.contains(address))
                .map(Range::what)
                .findFirst();
    }

    /**
     * Returns why the client must not connect to a literal address; empty if it may, or if the host is a name, which is
     * checked when it is resolved. An IPv6 address includes its brackets.
     */
    Optional<String> faultOfLiteral(String host) {
        boolean literal = host.startsWith("[") || host.chars().allMatch(c -> c == '.' || Character.isDigit(c));
        if (!literal) {
            return Optional.empty();
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .filter(address -> address instanceof Inet4Address || address instanceof Inet6Address)
                    .flatMap(address -> faultOf(address).stream())
                    .findFirst();
        } catch (UnknownHostException e) {
            return Optional.of("not an address");
        }
    }

    /** Reports that a host has an address to which the client must not connect. */
    static final class ForbiddenAddressException extends UnknownHostException {

        ForbiddenAddressException(String message) {
            super(message);
        }
    }
}
