package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.selection.Attributes;
import io.evenkeel.coordinator.selection.DeviceSelector;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.RandomSelectors;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.net.URLEncoder;
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
import tools.jackson.databind.json.JsonMapper;

/** Devices report attributes, operators set labels, and selectors choose by both. */
@CoordinatorTest
class AttributesTest {

    private static final String PATCH = "application/merge-patch+json";

    private final Api api;
    private final JdbcTemplate jdbc;
    private final Http operator;
    private final String mark = Scene.newName();

    AttributesTest(@Autowired Api api, @Autowired JdbcTemplate jdbc) {
        this.api = api;
        this.jdbc = jdbc;
        this.operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    private static String json(Map<String, ?> value) {
        return new JsonMapper().writeValueAsString(value);
    }

    private Reply enrol(Map<String, String> attributes) {
        return operator.postJson(
                "/enrolments", json(Map.of("token", api.enrolmentToken(1), "name", mark, "attributes", attributes)));
    }

    private Http device(Reply enrolled) {
        assertThat(enrolled.status()).as(enrolled.toString()).isEqualTo(201);
        return new Http(api.endpoint(), enrolled.get("secret"));
    }

    private static Reply report(Http device, Map<String, String> attributes) {
        return device.putJson("/clients/me/attributes", json(Map.of("attributes", attributes)));
    }

    private Reply label(String client, String patch) {
        return operator.patch("/clients/" + client + "/labels", PATCH, patch.getBytes(StandardCharsets.UTF_8));
    }

    private Map<?, ?> shown(String client, String field) {
        return (Map<?, ?>)
                Objects.requireNonNull(operator.get("/clients/" + client).json().get(field));
    }

    private List<String> chosen(String selector) {
        String query = "/clients?limit=1000&search=" + mark + "&selector="
                + URLEncoder.encode(selector, StandardCharsets.UTF_8);
        Reply reply = operator.get(query);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.jsonList().stream()
                .map(row -> String.valueOf(((Map<?, ?>) row).get("client")))
                .toList();
    }

    private int counted(String selector) {
        return operator.get("/clients/count?search=" + mark + "&selector="
                        + URLEncoder.encode(selector, StandardCharsets.UTF_8))
                .number("matching");
    }

    @Test
    void showsWhatADeviceReportedAtEnrolmentAndSince() {
        Reply enrolled = enrol(Map.of("region", "eu", "app-version", "3.2"));
        String client = enrolled.get("client");
        assertThat(shown(client, "attributes")).isEqualTo(Map.of("region", "eu", "app-version", "3.2"));
        assertThat(report(device(enrolled), Map.of("app-version", "3.10", "idle", ""))
                        .status())
                .isEqualTo(204);
        assertThat(shown(client, "attributes")).isEqualTo(Map.of("app-version", "3.10", "idle", ""));
        assertThat(chosen("app-version>3.9")).containsExactly(client);
        assertThat(chosen("region")).isEmpty();
    }

    @Test
    void letsOperatorsSetAndRemoveLabelsThatStayWhenTheDeviceReports() {
        Reply enrolled = enrol(Map.of("region", "eu"));
        String client = enrolled.get("client");
        assertThat(label(client, "{\"cohort\": \"b\", \"operator/trusted\": \"yes\", \"region\": \"us\"}")
                        .status())
                .isEqualTo(200);
        report(device(enrolled), Map.of("region", "eu", "cohort", "a"));
        assertThat(shown(client, "labels")).isEqualTo(Map.of("cohort", "b", "operator/trusted", "yes", "region", "us"));
        assertThat(chosen("cohort=b,region=us,operator/trusted=yes")).containsExactly(client);
        label(client, "{\"region\": null, \"cohort\": null, \"none\": null}");
        assertThat(shown(client, "labels")).isEqualTo(Map.of("operator/trusted", "yes"));
        assertThat(chosen("cohort=a,region=eu")).containsExactly(client);
    }

    @Test
    void refusesKeysAndValuesThatAreNoLabelsAndNamesThem() {
        Http device = device(enrol(Map.of("region", "eu")));
        assertRefused(report(device, Map.of("app version", "1")), "app version", "not allowed");
        assertRefused(report(device, Map.of("v", "1+2")), "v", "'1+2'");
        assertRefused(report(device, Map.of("k".repeat(64), "1")), "k".repeat(64), "64 characters");
        assertRefused(report(device, Map.of("v", "1".repeat(64))), "v", "64 characters");
        assertRefused(report(device, Map.of("UPPER/v", "1")), "UPPER/v", "no DNS name");
        assertRefused(report(device, Map.of("operator/cohort", "a")), "operator/cohort", "for operators' labels");
        assertRefused(enrol(Map.of("operator/cohort", "a")), "operator/cohort", "for operators' labels");
        assertThat(device.putJson("/clients/me/attributes", "{\"attributes\": {\"a\": null}}")
                        .get("key"))
                .isEqualTo("a");
        assertThat(device.putJson("/clients/me/attributes", "{}").problem()).isEqualTo("invalid");
        assertThat(chosen("region=eu")).hasSize(1);
    }

    private static void assertRefused(Reply reply, String key, String message) {
        assertThat(reply.problem()).isEqualTo("invalid");
        assertThat(reply.get("key")).isEqualTo(key);
        assertThat(reply.get("detail")).contains(message);
    }

    @Test
    void takes32OfTheLongestAndNoMore() {
        Map<String, String> longest = IntStream.range(0, Attributes.MOST)
                .boxed()
                .collect(Collectors.toMap(
                        i -> "d".repeat(253) + "/" + "n".repeat(61) + String.format("%02d", i), i -> "v".repeat(63)));
        Http device = device(enrol(longest));
        assertThat(chosen("n".repeat(3))).isEmpty();
        assertThat(chosen("!" + "n".repeat(3))).hasSize(1);
        longest.put("one-more", "");
        assertThat(report(device, longest).get("detail")).contains("there are 33, expected at most 32");
    }

    @Test
    void letsNeitherViewersNorOtherDevicesLabel() {
        Reply enrolled = enrol(Map.of());
        String path = "/clients/" + enrolled.get("client") + "/labels";
        byte[] patch = "{\"a\": \"b\"}".getBytes(StandardCharsets.UTF_8);
        for (String token : List.of(CoordinatorTest.VIEWER_TOKEN, enrolled.get("secret"))) {
            assertThat(new Http(api.endpoint(), token).patch(path, PATCH, patch).problem())
                    .isEqualTo("forbidden");
        }
        assertThat(operator.putJson("/clients/me/attributes", "{\"attributes\": {}}")
                        .problem())
                .isEqualTo("forbidden");
        assertThat(label("nobody", "{}").problem()).isEqualTo("client-not-found");
    }

    @Test
    void choosesInTheDatabaseWhatASelectorChoosesInMemory() {
        RandomSelectors random = new RandomSelectors(new Random(20));
        Map<String, Attributes> fleet = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            Map<String, String> labels = i % 3 == 0 ? random.attributes() : Map.of();
            Map<String, String> attributes = random.attributes();
            String client = enrol(attributes).get("client");
            label(client, json(labels));
            fleet.put(client, new Attributes(new TreeMap<>(attributes)).with(new Attributes(new TreeMap<>(labels))));
        }
        int some = 0;
        for (int i = 0; i < 300; i++) {
            String text = random.text();
            DeviceSelector selector = DeviceSelector.parse(text);
            List<String> expected = fleet.keySet().stream()
                    .filter(client -> selector.matches(Objects.requireNonNull(fleet.get(client))))
                    .toList();
            assertThat(chosen(text)).as(text).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(counted(text)).as(text).isEqualTo(expected.size());
            some += expected.isEmpty() || expected.size() == fleet.size() ? 0 : 1;
        }
        assertThat(some).isGreaterThan(100);
    }

    @Test
    void countsWhatASelectorChooses() {
        enrol(Map.of("region", "eu"));
        enrol(Map.of("region", "us"));
        Reply counts = operator.get("/clients/count?selector=region%3Deu&search=" + mark);
        assertThat(counts.number("matching")).isEqualTo(1);
    }

    private Reply labelAll(String parameters, String patch) {
        return operator.patch(
                "/clients/labels?search=" + mark + "&" + parameters, PATCH, patch.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void labelsAllDevicesThatASelectorChooses() {
        String one = enrol(Map.of("region", "eu", "model", "a")).get("client");
        String two = enrol(Map.of("region", "eu", "model", "b")).get("client");
        String other = enrol(Map.of("region", "us")).get("client");
        label(two, "{\"cohort\": \"a\", \"keep\": \"\"}");
        assertThat(labelAll("selector=region%3Deu&dryRun=true", "{\"cohort\": \"b\"}")
                        .number("changed"))
                .isEqualTo(2);
        assertThat(chosen("cohort=b")).isEmpty();
        assertThat(labelAll("selector=region%3Deu", "{\"cohort\": \"b\"}").number("changed"))
                .isEqualTo(2);
        assertThat(chosen("cohort=b")).containsExactlyInAnyOrder(one, two);
        assertThat(shown(two, "labels")).isEqualTo(Map.of("cohort", "b", "keep", ""));
        assertThat(shown(two, "attributes")).isEqualTo(Map.of("region", "eu", "model", "b"));
        assertThat(labelAll("selector=region%3Deu", "{\"cohort\": \"b\"}").number("changed"))
                .as("again")
                .isZero();
        assertThat(operator.get("/audit-log?limit=1").jsonList().get(0).toString())
                .contains("/api/v1/clients/labels?search=" + mark + "&selector=region%3Deu");
        assertThat(labelAll("selector=%21none", "{\"cohort\": null, \"all\": \"yes\"}")
                        .number("changed"))
                .isEqualTo(3);
        assertThat(chosen("all=yes,!cohort")).containsExactlyInAnyOrder(one, two, other);
    }

    @Test
    void labelsNoDeviceIfOneWouldHaveTooManyLabelsOrTheRequestIsWrong() {
        String full = enrol(Map.of("size", "full")).get("client");
        String free = enrol(Map.of("size", "free")).get("client");
        label(
                full,
                json(IntStream.range(0, Attributes.MOST).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"))));
        assertThat(labelAll("selector=size", "{\"one-more\": \"v\"}").problem()).isEqualTo("invalid");
        assertThat(labelAll("selector=size", "{\"not allowed\": \"v\"}").problem())
                .isEqualTo("invalid");
        assertThat(labelAll("selector=", "{\"one-more\": \"v\"}").get("field")).isEqualTo("selector");
        assertThat(labelAll("state=enrolled", "{\"one-more\": \"v\"}").get("field"))
                .isEqualTo("selector");
        assertThat(chosen("one-more")).isEmpty();
        assertThat(shown(free, "labels")).isEmpty();
    }

    @Test
    void labelsDevicesThatReportAtTheSameTime() throws Exception {
        List<Http> devices = IntStream.range(0, 8)
                .mapToObj(i -> device(enrol(Map.of("group", mark))))
                .toList();
        ExecutorService pool = Executors.newFixedThreadPool(9);
        try {
            List<Callable<Reply>> calls = new ArrayList<>();
            devices.forEach(device -> calls.add(() -> report(device, Map.of("group", mark, "version", "2"))));
            calls.add(4, () -> labelAll("selector=group%3D" + mark, "{\"wave\": \"1\"}"));
            for (Future<Reply> reply : pool.invokeAll(calls)) {
                assertThat(reply.get().status()).isBetween(200, 204);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(chosen("wave=1,version=2")).hasSize(8);
    }

    @Test
    void choosesMembersToo() {
        Scene scene = new Scene(api.endpoint(), jdbc, mark, "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, "")
                .members(3);
        String second = scene.devices.get(1).client();
        label(second, "{\"cohort\": \"b\"}");
        Reply members = operator.get("/runs/" + mark + "/members?selector=cohort");
        assertThat(members.jsonList()).hasSize(1);
        assertThat(((Map<?, ?>) members.jsonList().get(0)).get("labels")).isEqualTo(Map.of("cohort", "b"));
    }

    @Test
    void refusesASelectorWithThePosition() {
        Reply refused = operator.get("/clients?selector=region+in+eu");
        assertThat(refused.problem()).isEqualTo("malformed");
        assertThat(refused.number("position")).isEqualTo(11);
        assertThat(refused.get("detail")).contains("expected ( after in");
    }

    @Test
    void keepsOneRowForDevicesThatAreAlikeAndNoneForWhatNoDeviceHas() throws Exception {
        String token = api.enrolmentToken(16);
        Map<String, Object> body = Map.of("token", token, "name", mark, "attributes", Map.of("same", mark));
        ExecutorService devices = Executors.newFixedThreadPool(8);
        List<Http> enrolled = new ArrayList<>();
        try {
            List<Future<Reply>> answers = devices.invokeAll(IntStream.range(0, 16)
                    .<Callable<Reply>>mapToObj(i -> () -> operator.postJson("/enrolments", json(body)))
                    .toList());
            for (Future<Reply> answer : answers) {
                enrolled.add(device(answer.get()));
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
                "SELECT COUNT(*) FROM profile WHERE attributes LIKE ?", Integer.class, "%" + mark + "%"));
    }
}
