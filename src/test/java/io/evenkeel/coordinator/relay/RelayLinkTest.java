package io.evenkeel.coordinator.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.DivergedException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RelayLinkTest {

    private static RelayLink link(String upstream) {
        return link(upstream, UUID.randomUUID().toString());
    }

    private static RelayLink link(String upstream, String installation) {
        RelaySettings settings = new RelaySettings(
                URI.create("http://" + upstream), "digits", null, null, List.of(), 5, Duration.ofMinutes(1), null);
        return new RelayLink(
                settings,
                Clock.systemUTC(),
                new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()),
                () -> installation);
    }

    private static Response of(RelayLink above) {
        return new Response(200, Map.of(RelayPathHeader.NAME, List.of(above.path())), new byte[7]);
    }

    @Test
    void findsALoopOfAnyLength() {
        RelayLink region = link("country");
        assertThatThrownBy(() -> region.received(of(region)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("the coordinator at http://country is itself")
                .hasMessageContaining("set evenkeel.relay.upstream of one of them");

        RelayLink site = link("region");
        RelayLink country = link("site");
        site.received(of(region));
        country.received(of(site));
        assertThatThrownBy(() -> region.received(of(country))).isInstanceOf(EvenkeelException.class);
    }

    @Test
    void doesNotPassOnAnInvalidPath() {
        RelayLink site = link("region");
        String before = site.path();
        for (String path : List.of(
                "", "a b", "x".repeat(65), "a,".repeat(40) + "a", "a," + "x".repeat(8000), "a,,b", "<script>")) {
            Response lie = new Response(200, Map.of(RelayPathHeader.NAME, List.of(path)), new byte[0]);
            assertThatThrownBy(() -> site.received(lie))
                    .as(path)
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessageContaining("the coordinator at http://region names no path of relays")
                    .hasMessageContaining("at most 32 ids");
            assertThat(site.path()).isEqualTo(before);
        }
    }

    @Test
    void findsALoopAfterARestart() {
        RelayLink site = link("region");
        site.received(of(link("site", "region")));

        RelayLink restarted = link("site", "region");
        Response above = of(site);
        assertThatThrownBy(() -> restarted.received(above))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("a relay of this one");
    }

    @Test
    void aTreeHasNoLoop() {
        RelayLink root = link("none");
        RelayLink region = link("root");
        region.received(of(root));
        List<RelayLink> sites = List.of(link("region"), link("region"));
        sites.forEach(site -> site.received(of(region)));

        assertThat(sites).allSatisfy(site -> assertThat(site.path()).endsWith("," + region.path()));
        assertThat(sites.get(0).snapshot().received()).isEqualTo(7);
    }

    @Test
    void countsTheRoundsThatItIsBehind() {
        RelayLink link = link("root");
        assertThat(link.snapshot().lag()).isZero();
        link.given(4);
        assertThat(link.snapshot().lag())
                .as("after a restart it counts from here on")
                .isEqualTo(1);
        link.answered(4);
        assertThat(link.snapshot().lag()).isZero();
        link.given(5);
        link.given(8);
        assertThat(link.snapshot().lag()).isEqualTo(4);
        link.ended();
        assertThat(link.snapshot().lag()).isZero();
    }

    @Test
    void isConnectedAgainOnceARequestSucceedsAndNothingIsRefused() {
        RelayLink link = link("root");
        assertThat(link.snapshot().connected()).isFalse();
        link.received(new Response(200, Map.of(), new byte[0]));
        assertThat(link.snapshot().connected()).isTrue();
        link.failed("GET /work failed: connection refused");
        assertThat(link.snapshot().connected()).isFalse();
        assertThat(link.snapshot().problem()).isEqualTo("GET /work failed: connection refused");
        link.received(new Response(200, Map.of(), new byte[0]));
        assertThat(link.snapshot().connected()).isTrue();
        link.refused(new FollowingRun.MismatchException("it does not fit"));
        link.received(new Response(200, Map.of(), new byte[0]));
        assertThat(link.snapshot().problem()).isEqualTo("it does not fit");
        link.joined();
        assertThat(link.snapshot().connected()).isTrue();
    }

    @Test
    void advisesOnTheFolderOfABackup() {
        RelayLink link = link("root");
        link.refused(new DivergedException("choose OnDivergence.RECOVER"));
        assertThat(link.snapshot().problem())
                .contains("http://root has accepted", "leave only the file credentials")
                .doesNotContain("OnDivergence");
    }
}
