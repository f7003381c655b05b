package io.evenkeel.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {

    private static final String[] MILLION = {
        "--devices=1000000",
        "--participants=10000",
        "--dimension=269722",
        "--rounds-per-hour=6",
        "--database=postgresql",
        "--storage=s3",
        "--replicas=2"
    };

    @TempDir
    private Path home;

    private CliHarness cli;

    @BeforeEach
    void onATerminal() {
        cli = new CliHarness(home).variable("NO_COLOR", "1").onTerminal(80);
    }

    private int plan(String... options) {
        List<String> all = new ArrayList<>(List.of("plan"));
        all.addAll(List.of(options));
        return cli.run(all.toArray(String[]::new));
    }

    private JsonNode document(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("--output=json");
        assertThat(plan(all.toArray(String[]::new))).as(cli.err()).isZero();
        return JsonMapper.shared().readTree(cli.out());
    }

    @Test
    void startsWithWhatToProvideInEightyColumns() {
        assertThat(plan(MILLION)).isZero();
        assertThat(cli.out()).startsWith("Provide\n");
        assertThat(cli.out())
                .containsSubsequence(
                        "coordinators  2, with ",
                        "PostgreSQL ",
                        " 40 connections",
                        "S3 ",
                        "network ",
                        "Used for",
                        "10,000 of 1,000,000 devices",
                        "13,582 bytes: 2,697 values of 269,722",
                        "WAL ",
                        "first limit");
        assertThat(cli.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void countsMessagesBytesAndConnections() {
        JsonNode plan = document(MILLION);
        assertThat(plan.at("/network/uplinkBytesPerHour").asLong()).isEqualTo(6 * 10_000 * 13_582L);
        assertThat(plan.at("/round/downloadBytes").asLong()).isEqualTo(4 * 269_722L);
        assertThat(plan.at("/database/connections").asInt()).isEqualTo(40);
        assertThat(plan.at("/coordinators/waitingDevices").asInt()).isEqualTo(5000);
        assertThat(plan.at("/limits").size()).isEqualTo(5);
    }

    @Test
    void twiceTheRoundsNeedTwiceTheTrafficAndStayWithinTheSameLimits() {
        JsonNode once = document("--devices=1000", "--dimension=100000", "--rounds-per-hour=30");
        JsonNode twice = document("--devices=1000", "--dimension=100000", "--rounds-per-hour=60");
        assertThat(twice.at("/network/downlinkBytesPerHour").asLong())
                .isEqualTo(2 * once.at("/network/downlinkBytesPerHour").asLong());
        assertThat(twice.at("/limits/0/roundsPerHour").asDouble())
                .isEqualTo(once.at("/limits/0/roundsPerHour").asDouble());
    }

    @Test
    void longValuesAreInTheObjectStore() {
        String[] fleet = {"--devices=1000", "--dimension=1000000", "--database=postgresql"};
        JsonNode inside = document(with(fleet, "--storage=database"));
        JsonNode outside = document(with(fleet, "--storage=s3"));
        assertThat(inside.at("/storage/bytesAfterYear").asLong()).isZero();
        assertThat(outside.at("/storage/bytesAfterYear").asLong()).isGreaterThan(8 * 1000 * 1_000_000L);
        assertThat(outside.at("/database/walBytesPerDay").asLong())
                .isLessThan(inside.at("/database/walBytesPerDay").asLong());
        assertThat(outside.at("/database/bytesAfterYear").asLong())
                .isLessThan(inside.at("/database/bytesAfterYear").asLong() / 50);
    }

    @Test
    void anAlgorithmThatKeepsNoSumKeepsNoVectors() {
        String[] fleet = {"--devices=1000", "--dimension=1000000", "--compressor=top-k:0.01"};
        long ef21 = document(fleet).at("/storage/bytesAfterYear").asLong();
        long ef14 = document(with(fleet, "--algorithm=ef14"))
                .at("/storage/bytesAfterYear")
                .asLong();
        assertThat(ef21 - ef14).isGreaterThanOrEqualTo(8 * 1000 * 1_000_000L);
    }

    @Test
    void aLossyDownlinkSendsLess() {
        JsonNode lossless = document("--devices=1000", "--dimension=100000");
        JsonNode lossy = document("--devices=1000", "--dimension=100000", "--downlink=top-k:0.01+natural");
        assertThat(lossless.at("/warnings").toString()).contains("--downlink top-k:0.1+natural");
        assertThat(lossy.at("/warnings")).isEmpty();
        assertThat(lossy.at("/round/downloadBytes").asLong()).isBetween(1900L, 2200L);
    }

    @Test
    void warnsOfLimitsWithTheirSettings() {
        JsonNode plan = document(
                "--devices=20000000",
                "--participants=100000",
                "--dimension=1000000",
                "--rounds-per-hour=60",
                "--replicas=6",
                "--storage=folder");
        assertThat(plan.at("/warnings").toString())
                .contains("60 rounds an hour cannot be reached. The limit is ")
                .contains("evenkeel.rounds.waiting-devices")
                .contains("evenkeel.work.requests-per-second")
                .contains("evenkeel.storage.folder")
                .contains("max_connections");
    }

    @Test
    void replicasMeanPostgresql() {
        assertThat(document("--devices=10", "--dimension=10", "--replicas=2")
                        .at("/database/kind")
                        .asString())
                .isEqualTo("postgresql");
        assertThat(document("--devices=10", "--dimension=10")
                        .at("/storage/kind")
                        .asString())
                .isEqualTo("folder");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --devices=0                                   | --devices is 0: expected 1 to 1000000000
        --dimension=0                                 | --dimension is 0: expected 1 to 2147483647
        --participants=11                             | --participants is 11: expected 1 to 10, the number of --devices
        --sampling=0                                  | --sampling is 0.0: expected more than 0 and at most 1
        --sampling=0.5 --participants=5               | --participants and --sampling have the same meaning
        --rounds-per-hour=0                           | --rounds-per-hour is 0.0: expected more than 0
        --replicas=0                                  | --replicas is 0: expected 1 to 100
        --replicas=2 --database=h2                    | --replicas is 2: H2 allows one coordinator, so use --database postgresql
        --compressor=top-k:200                        | --compressor: compressor 'top-k:200'
        --downlink=nothing                            | --downlink: compressor 'nothing'
        --algorithm=sgd                               | --algorithm: 'sgd' is not an algorithm
        --step=hop                                    | --step: 'hop' is not a step rule
        --database=oracle                             | Invalid value for option '--database'
        """)
    void refusesInvalidOptions(String options, String message) {
        List<String> all = new ArrayList<>(List.of(options.split(" ", -1)));
        if (!options.contains("--devices")) {
            all.add("--devices=10");
        }
        if (!options.contains("--dimension")) {
            all.add("--dimension=100");
        }
        assertThat(plan(all.toArray(String[]::new))).isEqualTo(2);
        assertThat(cli.err()).startsWith(message);
    }

    private static String[] with(String[] options, String one) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add(one);
        return all.toArray(String[]::new);
    }
}
