package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Lists of clients and members are filtered and paged in the database. */
@CoordinatorTest
class ClientListTest {

    private final Api api;
    private final JdbcTemplate jdbc;
    private final TurnedClock clock;
    private Scene scene;

    ClientListTest(@Autowired Api api, @Autowired JdbcTemplate jdbc, @Autowired TurnedClock clock) {
        this.api = api;
        this.jdbc = jdbc;
        this.clock = clock;
        this.scene = newScene();
    }

    private Scene newScene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-list", "top-k:2", FeedbackMethod.EF21);
    }

    /**
     * Enrols seven devices with names of this test, all of them members. Devices 0 and 1 were just seen, device 2 was
     * seen ten days ago, and the others never.
     */
    @BeforeEach
    void enrol() {
        scene = newScene().create("ef21-norm", 10, "").members(7);
        IntStream.range(0, 7).forEach(i -> jdbc.update("UPDATE client SET name = ? WHERE id = ?", name(i), id(i)));
        seen(0, Duration.ZERO);
        seen(1, Duration.ZERO);
        seen(2, Duration.ofDays(10));
        IntStream.range(3, 7).forEach(i -> seen(i, null));
    }

    private String name(int device) {
        return "Meter 100%_" + device + " of " + scene.run;
    }

    private String id(int device) {
        return scene.devices.get(device).client();
    }

    private void seen(int device, @Nullable Duration ago) {
        jdbc.update(
                "UPDATE client SET last_seen_at = ? WHERE id = ?",
                ago == null ? null : clock.instant().minus(ago).atOffset(ZoneOffset.UTC),
                id(device));
    }

    private List<String> listed(String path) {
        Reply reply = scene.operator.get(path);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.jsonList().stream()
                .map(row -> String.valueOf(((Map<?, ?>) row).get("client")))
                .toList();
    }

    private List<String> ids(int... devices) {
        return IntStream.of(devices).mapToObj(this::id).toList();
    }

    private String clients(String more) {
        return "/clients?search=" + scene.run + more;
    }

    private String members(String more) {
        return "/runs/" + scene.run + "/members?" + more;
    }

    @Test
    void findsByPartsOfNamesInAnyCaseAndOfIds() {
        assertThat(listed("/clients?search=meter%20100%25_3%20OF%20" + scene.run))
                .isEqualTo(ids(3));
        assertThat(listed("/clients?search=" + id(4))).isEqualTo(ids(4));
        assertThat(listed(members("search=%25_5"))).isEqualTo(ids(5));
        assertThat(listed(members("search=" + id(6)))).isEqualTo(ids(6));
    }

    @Test
    void searchesForWildcardsAndEscapesLiterally() {
        assertThat(listed(members("search=r%251"))).isEmpty();
        assertThat(listed(members("search=100__"))).isEmpty();
        assertThat(listed(members("search=!"))).isEmpty();
    }

    @Test
    void findsByTheTimeADeviceWasLastSeen() {
        assertThat(listed(clients("&seenWithin=1h"))).containsExactlyInAnyOrderElementsOf(ids(0, 1));
        assertThat(listed(clients("&unseenFor=7d"))).containsExactlyInAnyOrderElementsOf(ids(2, 3, 4, 5, 6));
        assertThat(listed(members("seenWithin=11d&unseenFor=7d"))).isEqualTo(ids(2));
    }

    @Test
    void findsByState() {
        scene.operator.delete("/clients/" + id(3));
        assertThat(listed(clients("&state=revoked"))).isEqualTo(ids(3));
        assertThat(listed(clients("&state=enrolled"))).hasSize(6).doesNotContain(id(3));
    }

    @Test
    void findsMembersByTheirStateInTheRun() {
        scene.start();
        TestDevice late = scene.member(1);
        scene.operator.delete("/runs/" + scene.run + "/members/" + id(2));
        assertThat(listed(members("state=joining"))).containsExactly(late.client());
        assertThat(listed(members("state=leaving"))).isEqualTo(ids(2));
        assertThat(listed(members("state=active"))).isEqualTo(ids(0, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void listsEachMatchOnceAcrossPages() {
        List<String> all = new ArrayList<>();
        List<String> page = listed(clients("&limit=3"));
        while (!page.isEmpty()) {
            all.addAll(page);
            page = listed(clients("&limit=3&after=" + page.get(page.size() - 1)));
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(ids(0, 1, 2, 3, 4, 5, 6));
        assertThat(listed(members("limit=2"))).isEqualTo(ids(0, 1));
        assertThat(listed(members("limit=2&after=1"))).isEqualTo(ids(2, 3));
        assertThat(listed(members("after=6"))).isEmpty();
    }

    @Test
    void countsWhatMatches() {
        Reply counts = scene.operator.get("/clients/count?search=" + scene.run);
        assertThat(counts.number("matching")).isEqualTo(7);
        assertThat(counts.number("seenLastDay")).isEqualTo(2);
        assertThat(counts.number("total")).isGreaterThanOrEqualTo(7);
    }

    @Test
    void listsRunsByNameAndStatePageByPage() {
        Scene other = newScene().create("ef21-norm", 10, "");
        String query = "/runs?limit=1&search=";
        assertThat(names(query + scene.run)).containsExactly(scene.run);
        assertThat(names("/runs?search=-list&state=created,paused")).startsWith(other.run, scene.run);
        assertThat(names("/runs?search=" + scene.run + "&state=paused")).isEmpty();
        assertThat(names(query + "-list&after=" + other.run)).containsExactly(scene.run);
        Map<?, ?> listed =
                (Map<?, ?>) scene.operator.get(query + scene.run).jsonList().get(0);
        assertThat(listed.get("members")).isEqualTo(7);
    }

    private List<String> names(String path) {
        return scene.operator.get(path).jsonList().stream()
                .map(row -> String.valueOf(((Map<?, ?>) row).get("name")))
                .toList();
    }

    @Test
    void refusesInvalidFilters() {
        Http operator = scene.operator;
        assertThat(operator.get("/clients?state=asleep").problem()).isEqualTo("malformed");
        assertThat(operator.get("/clients?seenWithin=yesterday").problem()).isEqualTo("malformed");
        assertThat(operator.get("/clients?after=nobody").problem()).isEqualTo("client-not-found");
        assertThat(operator.get("/clients?limit=1001").problem()).isEqualTo("malformed");
        assertThat(operator.get("/clients/count?seenWithin=99999d").problem()).isEqualTo("malformed");
        assertThat(operator.get("/runs?state=asleep").problem()).isEqualTo("malformed");
        assertThat(operator.get("/runs?after=no-such-run").problem()).isEqualTo("run-not-found");
        assertThat(operator.get(members("state=gone")).problem()).isEqualTo("malformed");
        assertThat(operator.get(members("limit=0")).problem()).isEqualTo("malformed");
    }
}
