package io.evenkeel.coordinator.round.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.round.RoundRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RoundSeriesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SPIKE = 3_333;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RoundRecords records;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10_000, "");
    }

    private void close(Scene scene, int round, @Nullable Double loss, Map<String, Double> metrics) {
        long run =
                Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, scene.run));
        Instant opened = START.plusSeconds(round);
        Instant closed = opened.plus(Duration.ofSeconds(1));
        Double epsilon = loss == null ? null : round + 0.5;
        records.save(
                run,
                new RoundRecord(
                        round, opened, closed, 2, 3, 4, 10, 20, 100, loss, 1, 0.5, metrics, null, null, null, epsilon,
                        0, false, 0));
    }

    private static Reply series(Scene scene, String parameters, String... headers) {
        return scene.operator.get("/runs/" + scene.run + "/series" + parameters, headers);
    }

    private static List<?> column(Reply reply, String name) {
        return (List<?>) Objects.requireNonNull(reply.json().get(name));
    }

    @Test
    void listsEveryRoundOfAShortRunWithTotals() {
        Scene scene = scene();
        close(scene, 0, 3.0, Map.of());
        close(scene, 1, null, Map.of("accuracy", 0.5));
        close(scene, 2, 1.0, Map.of("accuracy", 0.75, "tokens", 4096.0));

        Reply reply = series(scene, "");

        assertThat(reply.json().get("thinned")).isEqualTo(false);
        assertThat(column(reply, "round")).isEqualTo(List.of(0, 1, 2));
        assertThat(column(reply, "seconds")).isEqualTo(List.of(1.0, 2.0, 3.0));
        assertThat(column(reply, "loss").get(1)).isNull();
        assertThat(column(reply, "epsilon")).isEqualTo(Arrays.asList(0.5, null, 2.5));
        assertThat(column(reply, "uplinkBytes")).isEqualTo(List.of(10, 20, 30));
        assertThat(column(reply, "downlinkBytes")).isEqualTo(List.of(20, 40, 60));
        assertThat(column(reply, "denseUplinkBytes")).isEqualTo(List.of(100, 200, 300));
        assertThat(column(reply, "tokens")).isEqualTo(List.of(0.0, 0.0, 4096.0));
        assertThat(reply.json().get("metrics"))
                .isEqualTo(Map.of(
                        "accuracy", Arrays.asList(null, 0.5, 0.75), "tokens", Arrays.asList(null, null, 4096.0)));
    }

    @Test
    void keepsTheEndsAndTheExtremesOfALongRunAndTheTotalsOfAllRounds() {
        Scene scene = scene();
        IntStream.range(0, 5_000)
                .forEach(
                        round -> close(scene, round, round == SPIKE ? 99 : 1.0 / (1 + round), Map.of("tokens", 512.0)));

        Reply reply = series(scene, "?points=100");

        List<?> rounds = column(reply, "round");
        assertThat(reply.json().get("thinned")).isEqualTo(true);
        assertThat(reply.number("closed")).isEqualTo(5_000);
        assertThat(rounds).hasSizeBetween(50, 100);
        assertThat(rounds.get(0)).isEqualTo(0);
        assertThat(rounds.get(rounds.size() - 1)).isEqualTo(4_999);
        assertThat(rounds.contains(SPIKE)).isTrue();
        List<?> uplink = column(reply, "uplinkBytes");
        assertThat(uplink.get(rounds.indexOf(SPIKE))).isEqualTo(10 * (SPIKE + 1));
        assertThat(column(reply, "tokens"))
                .isEqualTo(rounds.stream()
                        .map(round -> 512.0 * ((Integer) round + 1))
                        .toList());
    }

    @Test
    void hasTheSameFiguresWhileRoundsClose() {
        Scene seldom = scene();
        Scene often = scene();
        for (int round = 0; round < 300; round++) {
            double loss = (round * 37) % 101;
            close(seldom, round, loss, Map.of("tokens", 1.0));
            close(often, round, loss, Map.of("tokens", 1.0));
            series(often, "?points=20");
        }
        assertThat(series(often, "?points=20").json())
                .isEqualTo(series(seldom, "?points=20").json());
        assertThat(column(series(often, "?points=20"), "round")).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void isEmptyBeforeTheFirstRoundIsClosed() {
        Reply reply = series(scene(), "");
        assertThat(reply.number("closed")).isZero();
        assertThat(column(reply, "round")).isEmpty();
    }

    @Test
    void answersNotModifiedUntilTheNextRoundIsClosed() {
        Scene scene = scene();
        close(scene, 0, 1.0, Map.of());
        String tag = series(scene, "").header("ETag");
        assertThat(series(scene, "", "If-None-Match", tag).status()).isEqualTo(304);
        close(scene, 1, 1.0, Map.of());
        assertThat(series(scene, "", "If-None-Match", tag).status()).isEqualTo(200);
    }

    @Test
    void refusesTooFewPointsAndUnknownRuns() {
        Scene scene = scene();
        assertThat(series(scene, "?points=3").problem()).isEqualTo("malformed");
        assertThat(scene.operator.get("/runs/no-such-run/series").problem()).isEqualTo("run-not-found");
    }
}
