package io.evenkeel.coordinator.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.audit.RefusedRequests.Group;
import io.evenkeel.coordinator.audit.RefusedRequests.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefusedRequestsTest {

    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

    private final RefusedRequests refused = new RefusedRequests();

    private static Request request(String actor, String path) {
        return new Request(actor, "viewer", "192.0.2.1", "POST", path);
    }

    @Test
    void groupsEqualRequestsOfADay() {
        Request one = request("eve", "/api/v1/runs/a/start");
        assertThat(refused.add(one, 403, 1, NOW)).isEqualTo(new Group(1, null, NOW, 1, false));
        assertThat(refused.add(one, 403, 2, NOW.plusSeconds(9))).isEqualTo(new Group(2, 1L, NOW, 2, false));
        assertThat(refused.add(one, 404, 3, NOW)).isEqualTo(new Group(3, null, NOW, 1, false));
        assertThat(refused.add(request("bob", "/api/v1/runs/a/start"), 403, 4, NOW)
                        .count())
                .isEqualTo(1);
        Instant tomorrow = NOW.plus(Duration.ofDays(1));
        assertThat(refused.add(one, 403, 5, tomorrow)).isEqualTo(new Group(5, null, tomorrow, 1, false));
    }

    @Test
    void limitsACallerWithChangingPathsToAFewEntries() {
        Set<Long> entries = new HashSet<>();
        for (long id = 1; id <= 5000; id++) {
            Group group = refused.add(request("eve", "/api/v1/runs/run-" + id), 403, id, NOW);
            entries.add(id);
            if (group.superseded() != null) {
                entries.remove(group.superseded());
            }
            assertThat(group.isMixed()).isEqualTo(id > RefusedRequests.MAX_KINDS);
        }
        assertThat(entries).hasSize(RefusedRequests.MAX_KINDS + 1).contains(5000L);
    }

    @Test
    void keepsTheGroupsOfOtherActorsRegardlessOfOne() {
        for (long id = 1; id <= 200; id++) {
            refused.add(request("eve", "/api/v1/runs/run-" + id), 403, id, NOW);
        }
        Request known = request("eve", "/api/v1/runs/run-1");
        assertThat(refused.add(known, 403, 201, NOW)).isEqualTo(new Group(201, 1L, NOW, 2, false));
        assertThat(refused.add(request("bob", "/api/v1/runs/x"), 403, 202, NOW).isMixed())
                .isFalse();
    }

    @Test
    void restartsAfterTheClockWasSetBack() {
        Request one = request("eve", "/api/v1/runs/a/start");
        refused.add(one, 403, 1, NOW);
        Instant before = NOW.minusSeconds(60);
        assertThat(refused.add(one, 403, 2, before)).isEqualTo(new Group(2, null, before, 1, false));
    }
}
