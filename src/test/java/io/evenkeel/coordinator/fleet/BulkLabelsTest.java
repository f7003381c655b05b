package io.evenkeel.coordinator.fleet;

import static io.evenkeel.coordinator.fleet.LabelledFleet.json;
import static io.evenkeel.coordinator.fleet.LabelledFleet.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.engine.selection.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Tests that operators label all devices that match a selector. */
@CoordinatorTest
class BulkLabelsTest {

    private final LabelledFleet fleet;

    BulkLabelsTest(@Autowired Api api) {
        this.fleet = new LabelledFleet(api);
    }

    @Test
    void labelsAllDevicesThatASelectorChooses() {
        String one = fleet.enrol(Map.of("region", "eu", "model", "a")).get("client");
        String two = fleet.enrol(Map.of("region", "eu", "model", "b")).get("client");
        String other = fleet.enrol(Map.of("region", "us")).get("client");
        fleet.label(two, "{\"cohort\": \"a\", \"keep\": \"\"}");
        assertThat(fleet.labelAll("selector=region%3Deu&dryRun=true", "{\"cohort\": \"b\"}")
                        .number("changed"))
                .isEqualTo(2);
        assertThat(fleet.chosen("cohort=b")).isEmpty();
        assertThat(fleet.labelAll("selector=region%3Deu", "{\"cohort\": \"b\"}").number("changed"))
                .isEqualTo(2);
        assertThat(fleet.chosen("cohort=b")).containsExactlyInAnyOrder(one, two);
        assertThat(fleet.shown(two, "labels")).isEqualTo(Map.of("cohort", "b", "keep", ""));
        assertThat(fleet.shown(two, "attributes")).isEqualTo(Map.of("region", "eu", "model", "b"));
        assertThat(fleet.labelAll("selector=region%3Deu", "{\"cohort\": \"b\"}").number("changed"))
                .as("again")
                .isZero();
        assertThat(fleet.operator.get("/audit-log?limit=1").jsonList().get(0).toString())
                .contains("/api/v1/clients/labels?search=" + fleet.mark + "&selector=region%3Deu");
        assertThat(fleet.labelAll("selector=%21none", "{\"cohort\": null, \"all\": \"yes\"}")
                        .number("changed"))
                .isEqualTo(3);
        assertThat(fleet.chosen("all=yes,!cohort")).containsExactlyInAnyOrder(one, two, other);
    }

    @Test
    void labelsNoDeviceIfOneWouldHaveTooManyLabelsOrTheRequestIsWrong() {
        String full = fleet.enrol(Map.of("size", "full")).get("client");
        String free = fleet.enrol(Map.of("size", "free")).get("client");
        fleet.label(
                full,
                json(IntStream.range(0, Attributes.MAX_COUNT)
                        .boxed()
                        .collect(Collectors.toMap(i -> "k" + i, i -> "v"))));
        assertThat(fleet.labelAll("selector=size", "{\"one-more\": \"v\"}").problem())
                .isEqualTo("invalid");
        assertThat(fleet.labelAll("selector=size", "{\"not allowed\": \"v\"}").problem())
                .isEqualTo("invalid");
        assertThat(fleet.labelAll("selector=", "{\"one-more\": \"v\"}").get("field"))
                .isEqualTo("selector");
        assertThat(fleet.labelAll("state=enrolled", "{\"one-more\": \"v\"}").get("field"))
                .isEqualTo("selector");
        assertThat(fleet.chosen("one-more")).isEmpty();
        assertThat(fleet.shown(free, "labels")).isEmpty();
    }

    @Test
    void labelsDevicesThatReportAtTheSameTime() throws Exception {
        List<Http> devices = IntStream.range(0, 8)
                .mapToObj(i -> fleet.device(fleet.enrol(Map.of("group", fleet.mark))))
                .toList();
        ExecutorService pool = Executors.newFixedThreadPool(9);
        try {
            List<Callable<Reply>> calls = new ArrayList<>();
            devices.forEach(device -> calls.add(() -> report(device, Map.of("group", fleet.mark, "version", "2"))));
            calls.add(4, () -> fleet.labelAll("selector=group%3D" + fleet.mark, "{\"wave\": \"1\"}"));
            for (Future<Reply> reply : pool.invokeAll(calls)) {
                assertThat(reply.get().status()).isBetween(200, 204);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(fleet.chosen("wave=1,version=2")).hasSize(8);
    }
}
