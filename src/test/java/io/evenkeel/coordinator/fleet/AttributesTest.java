package io.evenkeel.coordinator.fleet;

import static io.evenkeel.coordinator.fleet.LabelledFleet.PATCH;
import static io.evenkeel.coordinator.fleet.LabelledFleet.json;
import static io.evenkeel.coordinator.fleet.LabelledFleet.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.RandomSelectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Devices report attributes, operators set labels, and selectors use both. */
@CoordinatorTest
class AttributesTest {

    private final Api api;
    private final JdbcTemplate jdbc;
    private final LabelledFleet fleet;

    AttributesTest(@Autowired Api api, @Autowired JdbcTemplate jdbc) {
        this.api = api;
        this.jdbc = jdbc;
        this.fleet = new LabelledFleet(api);
    }

    @Test
    void showsWhatADeviceReportedAtEnrolmentAndSince() {
        Reply enrolled = fleet.enrol(Map.of("region", "eu", "app-version", "3.2"));
        String client = enrolled.get("client");
        assertThat(fleet.shown(client, "attributes")).isEqualTo(Map.of("region", "eu", "app-version", "3.2"));
        assertThat(report(fleet.device(enrolled), Map.of("app-version", "3.10", "idle", ""))
                        .status())
                .isEqualTo(204);
        assertThat(fleet.shown(client, "attributes")).isEqualTo(Map.of("app-version", "3.10", "idle", ""));
        assertThat(fleet.chosen("app-version>3.9")).containsExactly(client);
        assertThat(fleet.chosen("region")).isEmpty();
    }

    @Test
    void limitsHowOftenADeviceChangesThem() {
        Reply enrolled = fleet.enrol(Map.of());
        for (int i = 0; i < 60; i++) {
            assertThat(report(fleet.device(enrolled), Map.of("count", "" + i)).status())
                    .isEqualTo(204);
        }
        Reply refused = report(fleet.device(enrolled), Map.of("count", "60"));
        assertThat(refused.problem()).isEqualTo("too-many-requests");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(report(fleet.device(enrolled), Map.of("count", "59")).status())
                .as("repeating the same attributes changes nothing")
                .isEqualTo(204);
        assertThat(fleet.shown(enrolled.get("client"), "attributes")).isEqualTo(Map.of("count", "59"));
    }

    @Test
    void letsOperatorsSetAndRemoveLabelsThatStayWhenTheDeviceReports() {
        Reply enrolled = fleet.enrol(Map.of("region", "eu"));
        String client = enrolled.get("client");
        assertThat(fleet.label(client, "{\"cohort\": \"b\", \"operator/trusted\": \"yes\", \"region\": \"us\"}")
                        .status())
                .isEqualTo(200);
        report(fleet.device(enrolled), Map.of("region", "eu", "cohort", "a"));
        assertThat(fleet.shown(client, "labels"))
                .isEqualTo(Map.of("cohort", "b", "operator/trusted", "yes", "region", "us"));
        assertThat(fleet.chosen("cohort=b,region=us,operator/trusted=yes")).containsExactly(client);
        fleet.label(client, "{\"region\": null, \"cohort\": null, \"none\": null}");
        assertThat(fleet.shown(client, "labels")).isEqualTo(Map.of("operator/trusted", "yes"));
        assertThat(fleet.chosen("cohort=a,region=eu")).containsExactly(client);
    }

    @Test
    void refusesInvalidKeysAndValuesAndNamesThem() {
        Http device = fleet.device(fleet.enrol(Map.of("region", "eu")));
        assertRefused(report(device, Map.of("app version", "1")), "app version", "not allowed");
        assertRefused(report(device, Map.of("v", "1+2")), "v", "'1+2'");
        assertRefused(report(device, Map.of("k".repeat(64), "1")), "k".repeat(64), "64 characters");
        assertRefused(report(device, Map.of("v", "1".repeat(64))), "v", "64 characters");
        assertRefused(report(device, Map.of("UPPER/v", "1")), "UPPER/v", "not a DNS name");
        assertRefused(report(device, Map.of("operator/cohort", "a")), "operator/cohort", "for operators' labels");
        assertRefused(fleet.enrol(Map.of("operator/cohort", "a")), "operator/cohort", "for operators' labels");
        assertThat(device.putJson("/clients/me/attributes", "{\"attributes\": {\"a\": null}}")
                        .get("key"))
                .isEqualTo("a");
        assertThat(device.putJson("/clients/me/attributes", "{}").problem()).isEqualTo("invalid");
        assertThat(fleet.chosen("region=eu")).hasSize(1);
    }

    private static void assertRefused(Reply reply, String key, String message) {
        assertThat(reply.problem()).isEqualTo("invalid");
        assertThat(reply.get("key")).isEqualTo(key);
        assertThat(reply.get("detail")).contains(message);
    }

    @Test
    void accepts32OfTheLongestAndNoMore() {
        Map<String, String> longest = IntStream.range(0, Attributes.MAX_COUNT)
                .boxed()
                .collect(Collectors.toMap(
                        i -> "d".repeat(253) + "/" + "n".repeat(61) + String.format("%02d", i), i -> "v".repeat(63)));
        Http device = fleet.device(fleet.enrol(longest));
        assertThat(fleet.chosen("n".repeat(3))).isEmpty();
        assertThat(fleet.chosen("!" + "n".repeat(3))).hasSize(1);
        longest.put("one-more", "");
        assertThat(report(device, longest).get("detail")).contains("there are 33, expected at most 32");
    }

    @Test
    void refusesLabelsFromViewersAndDevices() {
        Reply enrolled = fleet.enrol(Map.of());
        String path = "/clients/" + enrolled.get("client") + "/labels";
        byte[] patch = "{\"a\": \"b\"}".getBytes(StandardCharsets.UTF_8);
        for (String token : List.of(CoordinatorTest.VIEWER_TOKEN, enrolled.get("secret"))) {
            assertThat(new Http(api.endpoint(), token).patch(path, PATCH, patch).problem())
                    .isEqualTo("forbidden");
        }
        assertThat(fleet.operator
                        .putJson("/clients/me/attributes", "{\"attributes\": {}}")
                        .problem())
                .isEqualTo("forbidden");
        assertThat(fleet.label("nobody", "{}").problem()).isEqualTo("client-not-found");
    }

    @Test
    void selectsTheSameDevicesInTheDatabaseAsInMemory() {
        RandomSelectors random = new RandomSelectors(new Random(20));
        Map<String, Attributes> attributesOf = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            Map<String, String> labels = i % 3 == 0 ? random.attributes() : Map.of();
            Map<String, String> attributes = random.attributes();
            String client = fleet.enrol(attributes).get("client");
            fleet.label(client, json(labels));
            attributesOf.put(
                    client, new Attributes(new TreeMap<>(attributes)).with(new Attributes(new TreeMap<>(labels))));
        }
        int some = 0;
        for (int i = 0; i < 300; i++) {
            String text = random.text();
            DeviceSelector selector = DeviceSelector.parse(text);
            List<String> expected = attributesOf.keySet().stream()
                    .filter(client -> selector.matches(Objects.requireNonNull(attributesOf.get(client))))
                    .toList();
            assertThat(fleet.chosen(text)).as(text).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(fleet.counted(text)).as(text).isEqualTo(expected.size());
            some += expected.isEmpty() || expected.size() == attributesOf.size() ? 0 : 1;
        }
        assertThat(some).isGreaterThan(100);
    }

    @Test
    void choosesMembersToo() {
        Scene scene = new Scene(api.endpoint(), jdbc, fleet.mark, "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, "")
                .members(3);
        String second = scene.devices.get(1).client();
        fleet.label(second, "{\"cohort\": \"b\"}");
        Reply members = fleet.operator.get("/runs/" + fleet.mark + "/members?selector=cohort");
        assertThat(members.jsonList()).hasSize(1);
        assertThat(((Map<?, ?>) members.jsonList().get(0)).get("labels")).isEqualTo(Map.of("cohort", "b"));
    }

    @Test
    void refusesASelectorWithThePosition() {
        Reply refused = fleet.operator.get("/clients?selector=region+in+eu");
        assertThat(refused.problem()).isEqualTo("malformed");
        assertThat(refused.number("position")).isEqualTo(11);
        assertThat(refused.get("detail")).contains("expected ( after in");
    }

    @Test
    void keepsOneRowForEqualDevicesAndNoUnusedRows() throws Exception {
        String token = api.enrolmentToken(16);
        Map<String, Object> body = Map.of("token", token, "name", fleet.mark, "attributes", Map.of("same", fleet.mark));
        ExecutorService devices = Executors.newFixedThreadPool(8);
        List<Http> enrolled = new ArrayList<>();
        try {
            List<Future<Reply>> answers = devices.invokeAll(IntStream.range(0, 16)
                    .<Callable<Reply>>mapToObj(i -> () -> fleet.operator.postJson("/enrolments", json(body)))
                    .toList());
            for (Future<Reply> answer : answers) {
                enrolled.add(fleet.device(answer.get()));
            }
        } finally {
            devices.shutdownNow();
        }
        assertThat(profiles()).isEqualTo(1);
        enrolled.forEach(device -> report(device, Map.of()));
        assertThat(profiles()).isZero();
    }

    private int profiles() {
        return Objects.requireNonNull(jdbc.queryForObject(
                "SELECT COUNT(*) FROM profile WHERE attributes LIKE ?", Integer.class, "%" + fleet.mark + "%"));
    }
}
