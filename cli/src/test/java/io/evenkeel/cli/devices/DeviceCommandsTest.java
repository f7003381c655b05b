package io.evenkeel.cli.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeviceCommandsTest extends StubFixture {

    private static final String REVOKED = """
        {"client": "dev-0001", "name": "meter-17", "enrolledBy": "tok", "run": "digits",
         "enrolledAt": "2026-01-30T12:00:00Z", "lastSeenAt": "2026-01-31T11:59:00Z", "revokedAt": "2026-01-31T11:00:00Z"}\
        """;

    private static String page(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> String.format("{\"client\": \"c%04d\", \"enrolledBy\": \"tok\"}", i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void listFetchesPagesUntilThereIsEnough() {
        coordinator
                .on("GET /clients?limit=1000", page(0, 1000))
                .on("GET /clients?after=c0999&limit=1000", page(1000, 5))
                .on("GET /clients?limit=101", page(0, 101));

        assertThat(cli.run("devices", "list", "--all")).isZero();
        assertThat(cli.out().lines()).hasSize(1006);
        assertThat(cli.run("devices", "list")).isZero();
        assertThat(cli.out().lines()).hasSize(102).last().asString().contains("--all");
    }

    @Test
    void listRequestsMatchingDevices() {
        coordinator
                .on("GET /clients?search=METER&limit=101", "[" + REVOKED + "]")
                .on("GET /clients?seenWithin=PT24H&unseenFor=PT5M&state=revoked&limit=101", "[" + REVOKED + "]");

        assertThat(cli.run("devices", "list", "--name", "METER")).isZero();
        assertThat(cli.out()).containsPattern("dev-0001 +meter-17 +60s +revoked +digits");
        assertThat(cli.run("devices", "list", "--revoked", "--seen-within=1d", "--unseen-for=5m", "-o", "json"))
                .isZero();
        assertThat(cli.out()).contains("dev-0001");
    }

    @Test
    void aResponseThatIsNotADeviceNamesTheAddressToCheck() {
        coordinator.on("GET /clients/c1", "{\"client\": {}}");

        assertThat(cli.run("devices", "show", "c1")).isEqualTo(1);
        assertThat(cli.err())
                .startsWith("evenkeel: the response of " + coordinator.address() + " cannot be read")
                .contains("check that the address is a coordinator's");
    }

    @Test
    void countShowsMatchingAndRecentlySeenDevices() {
        coordinator.on(
                "GET /clients/count?search=meter", "{\"matching\": 1204, \"seenLastDay\": 880, \"total\": 20000}");

        assertThat(cli.run("devices", "count", "--name", "meter")).isZero();
        assertThat(cli.out()).isEqualTo("1,204 of 20,000 devices, 880 seen in the last day\n");
    }

    @Test
    void listChoosesByASelectorAndShowsLabelsInPlaceOfAttributes() {
        coordinator.on("GET /clients?selector=region%20in%20%28eu%2Cus%29%2Cv%3E%3D3.2&limit=101", """
            [{"client": "dev-0002", "attributes": {"region": "eu", "v": "3.2"}, "labels": {"region": "us"}}]\
            """);

        assertThat(cli.run("devices", "list", "--selector", "region in (eu,us),v>=3.2"))
                .isZero();
        assertThat(cli.out()).containsPattern("dev-0002 .* v=3.2,region=us");
    }

    @Test
    void labelSetsAndRemovesLabelsOfADeviceFoundByItsName() {
        coordinator
                .on(
                        "GET /clients?search=meter-17&limit=1000",
                        "[" + REVOKED + ", {\"client\": \"x\", \"name\": \"meter-170\"}]")
                .on("PATCH /clients/dev-0001/labels", "{\"labels\": {\"cohort\": \"b\", \"note\": \"\"}}");

        assertThat(cli.run("devices", "label", "meter-17", "cohort=b", "note=", "old-"))
                .isZero();
        assertThat(cli.out()).isEqualTo("device dev-0001 has the labels cohort=b,note=\n");
        assertThat(coordinator.requests().get(1).body()).isEqualTo("{\"cohort\":\"b\",\"note\":\"\",\"old\":null}");
    }

    @Test
    void labelChangesAllDevicesThatASelectorChooses() {
        coordinator
                .on("PATCH /clients/labels?selector=region%3Deu&dryRun=true", "{\"changed\": 1204}")
                .on("PATCH /clients/labels?unseenFor=PT168H&selector=region%3Deu&dryRun=true", "{\"changed\": 1204}")
                .on("PATCH /clients/labels?unseenFor=PT168H&selector=region%3Deu", "{\"changed\": 1203}");

        assertThat(cli.run("devices", "label", "-l", "region=eu", "--dry-run", "cohort=b"))
                .isZero();
        assertThat(cli.out()).isEqualTo("1,204 devices would change\n");
        String[] bulk = {"devices", "label", "--selector", "region=eu", "--unseen-for", "7d", "cohort-"};
        assertThat(cli.run(bulk)).isEqualTo(2);
        assertThat(cli.err()).contains("Change the labels of 1,204 devices at", "give --yes");
        assertThat(cli.onTerminal(80).typing("n\n").run(bulk)).isEqualTo(1);
        assertThat(coordinator.lines()).allMatch(line -> line.endsWith("dryRun=true"));

        assertThat(cli.typing("y\n").run(bulk)).isZero();
        assertThat(cli.out()).isEqualTo("1,203 devices changed\n");
        assertThat(coordinator.requests().get(4).body()).isEqualTo("{\"cohort\":null}");
    }

    @Test
    void labelRefusesManyDevicesWithoutASelector() {
        assertThat(cli.run("devices", "label", "--unseen-for", "7d", "cohort=b"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("choose them with --selector");
        assertThat(cli.run("devices", "label", "cohort=b")).isEqualTo(2);
        assertThat(cli.run("devices", "label", "--selector", "region", "meter-17", "cohort=b"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("'meter-17' is not a label");
    }

    @Test
    void labelRefusesInvalidLabelsAndAmbiguousNames() {
        coordinator
                .on(
                        "GET /clients?search=twin&limit=1000",
                        "[{\"client\": \"a\", \"name\": \"twin\"}, {\"client\": \"b\", \"name\": \"twin\"}]")
                .on("GET /clients?search=nobody&limit=1000", "[]");

        assertThat(cli.run("devices", "label", "twin", "=b")).isEqualTo(2);
        assertThat(cli.run("devices", "label", "twin", "a=b")).isEqualTo(2);
        assertThat(cli.err()).contains("2 devices have the name 'twin'");
        assertThat(cli.run("devices", "label", "nobody", "a=b")).isEqualTo(3);
    }

    @Test
    void showContainsTheTimeOfRevocation() {
        coordinator.on("GET /clients/dev-0001", REVOKED);

        assertThat(cli.run("devices", "show", "dev-0001")).isZero();
        assertThat(cli.out()).containsPattern("revoked +2026-01-31 11:00:00Z \\(60m ago\\)");
    }

    @Test
    void revokeAsksAndRevokes() {
        coordinator.on("DELETE /clients/dev-0001", 204, "", Map.of()).on("GET /clients/dev-0001", REVOKED);

        assertThat(cli.run("devices", "revoke", "dev-0001")).isEqualTo(2);
        assertThat(coordinator.requests()).isEmpty();
        assertThat(cli.run("devices", "revoke", "dev-0001", "--yes")).isZero();
        assertThat(cli.out()).isEqualTo("device dev-0001 is revoked\n");
        assertThat(coordinator.lines()).first().isEqualTo("DELETE /clients/dev-0001");
    }

    @Test
    void anUnknownDeviceIsNotFound() {
        coordinator.problem("GET /clients/nobody", 404, "client-not-found");

        assertThat(cli.run("devices", "show", "nobody")).isEqualTo(3);
    }
}
