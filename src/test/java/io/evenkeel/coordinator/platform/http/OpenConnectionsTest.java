package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {

    private final OpenConnections open = new OpenConnections();

    @Test
    void countsTheConnectionsOfEachAddress() {
        open.opened("a", "192.0.2.1", 0);
        open.opened("b", "192.0.2.1", 0);
        open.opened("c", "192.0.2.2", 0);
        assertThat(open.of("192.0.2.1")).isEqualTo(2);

        open.closed("a");
        open.closed("a");
        open.closed("never opened");
        assertThat(open.of("192.0.2.1")).isEqualTo(1);
        open.closed("b");
        assertThat(open.of("192.0.2.1")).isZero();
        assertThat(open.of("192.0.2.2")).isEqualTo(1);
    }

    @Test
    void countsAnIpv6NetworkAsOneAddress() {
        open.opened("a", "2001:db8:0:1:0:0:0:1", 0);
        assertThat(open.of("2001:db8:0:1:ffff:0:0:2")).isEqualTo(1);
        assertThat(open.of("2001:db8:0:2:0:0:0:1")).isZero();
    }

    @Test
    void knowsTheAgeOfAConnection() {
        open.opened("a", "192.0.2.1", 5);
        assertThat(open.ageNanos("a", 12)).isEqualTo(7);
        assertThat(open.ageNanos("unknown", 12)).isZero();
    }

    @Test
    void anAddressMayHaveThreeQuartersOfTheConnectionsUnlessItIsAProxy() {
        ConnectionSettings unset = new ConnectionSettings(null, Duration.ofSeconds(20));
        assertThat(unset.perAddress(300, false)).isEqualTo(225);
        assertThat(unset.perAddress(300, true)).isZero();
        ConnectionSettings set = new ConnectionSettings(7, Duration.ofSeconds(20));
        assertThat(set.perAddress(300, false)).isEqualTo(7);
        assertThat(set.perAddress(300, true)).isEqualTo(7);
    }
}
