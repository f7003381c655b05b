package io.evenkeel.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTest {

    private static final AddressRule RULE = rule(false);

    private static AddressRule rule(boolean allowPrivate) {
        return new AddressRule(
                new WebhookSettings(Duration.ZERO, Duration.ofSeconds(10), 10, Duration.ofDays(30), 100, allowPrivate));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "168.63.129.16",
                "100.64.0.1",
                "100.127.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::1"
            })
    void refusesAddressesThatAreNotPublic(String address) throws UnknownHostException {
        assertThat(RULE.faultOf(InetAddress.getByName(address))).isPresent();
        assertThatThrownBy(() -> RULE.resolve(address))
                .isInstanceOf(AddressRule.ForbiddenAddressException.class)
                .hasMessageContaining("allow-private-addresses");
        String host = address.contains(":") ? "[" + address + "]" : address;
        assertThat(RULE.faultOfLiteral(host)).isPresent();
        assertThat(rule(true).resolve(address)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2606:4700::1",
                "2a00:1450::1",
                "2003::1"
            })
    void allowsWhatIsPublic(String address) throws UnknownHostException {
        assertThat(RULE.faultOf(InetAddress.getByName(address))).isEmpty();
        assertThat(RULE.resolve(address)).containsExactly(InetAddress.getByName(address));
    }

    @Test
    void checksTheAddressesOfNames() {
        assertThat(RULE.faultOfLiteral("localhost")).isEmpty();
        assertThatThrownBy(() -> RULE.resolve("localhost"))
                .isInstanceOf(AddressRule.ForbiddenAddressException.class)
                .hasMessageContaining("loopback");
    }

    /** Forms of 127.0.0.1 that some resolvers accept. */
    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "127.1"})
    void isNotFooledByOtherFormsOfAnAddress(String host) {
        assertThat(RULE.faultOfLiteral(host)).isPresent();
    }
}
