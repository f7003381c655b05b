package io.evenkeel.coordinator.fleet;

import static io.evenkeel.coordinator.fleet.FleetCalls.TOKENS;
import static io.evenkeel.coordinator.fleet.FleetCalls.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@CoordinatorTest
class ClientLookupTest {

    private final Api api;
    private final FleetCalls fleet;
    private final TurnedClock clock;

    ClientLookupTest(@Autowired Api api, @Autowired TurnedClock clock) {
        this.api = api;
        this.fleet = new FleetCalls(api);
        this.clock = clock;
    }

    @Test
    void answersNotFoundForTokensAndClientsThatDoNotExist() {
        Api.refused(api.operator().delete().uri(TOKENS + "/nothing").exchange(), ProblemKind.ENROLMENT_TOKEN_NOT_FOUND);
        Api.refused(api.operator().get().uri("/api/v1/clients/nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
        Api.refused(api.operator().delete().uri("/api/v1/clients/nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
        Api.refused(
                api.operator().get().uri(TOKENS + "?after=nothing").exchange(), ProblemKind.ENROLMENT_TOKEN_NOT_FOUND);
        Api.refused(api.operator().get().uri("/api/v1/clients?after=nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
    }

    @Test
    void listsClientsPageByPage() {
        List<String> enrolled =
                IntStream.range(0, 3).mapToObj(i -> api.enrol().client()).toList();
        List<Object> listed = new ArrayList<>();
        String path = "/api/v1/clients?limit=2";
        List<Map<String, Object>> page = fleet.list(path);
        while (!page.isEmpty()) {
            page.forEach(client -> listed.add(client.get("client")));
            page = fleet.list(path + "&after=" + listed.get(listed.size() - 1));
        }
        assertThat(listed).containsAll(enrolled).doesNotHaveDuplicates();
    }

    @Test
    void showsWhenADeviceWasLastSeen() {
        Api.Enrolled device = api.enrol();
        String path = "/api/v1/clients/" + device.client();
        assertThat(object(api.operator().get().uri(path).exchange())).containsEntry("lastSeenAt", null);
        api.as(device.secret()).get().uri("/api/v1/runs/any/task").exchange();
        assertThat(object(api.operator().get().uri(path).exchange()).get("lastSeenAt"))
                .isEqualTo(clock.instant().toString());
    }
}
