package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProbeAndCostCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int pilot(String... arguments) {
        List<String> all = new ArrayList<>(List.of("pilot"));
        all.addAll(List.of(arguments));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setOut(new PrintWriter(output, true));
        line.setErr(new PrintWriter(errors, true));
        return line.execute(all.toArray(String[]::new));
    }

    private JsonNode probed(String name) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(folder.resolve(name).resolve("probe.json")));
    }

    @Test
    void findsThatThePolynomialIsRougherWhereItIsSteeper() throws IOException {
        assertThat(pilot(
                        "probe",
                        "--data",
                        "polynomial",
                        "--l1",
                        "8",
                        "--rounds",
                        "4000",
                        "--compressor",
                        "top-k:1+float64",
                        "--arm",
                        "ef21-norm,gamma=0.02",
                        "--out",
                        folder.resolve("p").toString()))
                .isZero();
        JsonNode result = probed("p");
        assertThat(result.get("fleet").get("l1Low").asDouble()).isPositive();
        assertThat(result.get("text").asString()).contains("describes this loss better than plain smoothness");
        assertThat(result.get("bound").size()).isGreaterThan(3);
        assertThat(Files.readAllLines(folder.resolve("p").resolve("probe.csv"))).hasSizeGreaterThan(800);
    }

    @Test
    void findsThatAQuadraticIsNotRough() throws IOException {
        assertThat(pilot(
                        "probe",
                        "--data",
                        "quadratic",
                        "--dimension",
                        "5",
                        "--condition",
                        "1",
                        "--rounds",
                        "60",
                        "--compressor",
                        "top-k:1",
                        "--follow",
                        "3",
                        "--out",
                        folder.resolve("q").toString()))
                .isZero();
        JsonNode result = probed("q");
        assertThat(result.get("fleet").get("plain").asDouble()).isBetween(0.999999, 1.000001);
        assertThat(result.get("text").asString())
                .contains("Plain smoothness, L = 1,", "L1 > 0 for 0 of 3 clients", "What to do: ");
        assertThat(result.get("clients").size()).isEqualTo(3);
    }

    @Test
    void reportsTooFewObservations() {
        assertThat(pilot(
                        "probe",
                        "--data",
                        "quadratic",
                        "--rounds",
                        "10",
                        "--compressor",
                        "top-k:1",
                        "--out",
                        folder.resolve("r").toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("9 ratios are too few");
    }

    @Test
    void computesTheCostsOfATrial() throws IOException {
        String trial = folder.resolve("t").toString();
        assertThat(pilot(
                        "compare",
                        "--data",
                        "quadratic",
                        "--dimension",
                        "4",
                        "--condition",
                        "2",
                        "--clients",
                        "2",
                        "--rounds",
                        "80",
                        "--seeds",
                        "1",
                        "--target",
                        "grad-norm:0.1",
                        "--arm",
                        "gd,name=base",
                        "--arm",
                        "gd,gamma=0.1,name=slow",
                        "--arm",
                        "gd,gamma=1e-6,name=stuck",
                        "--out",
                        trial))
                .isZero();
        Path page = folder.resolve("cost.html");
        assertThat(pilot(
                        "cost",
                        trial,
                        "--gb-up",
                        "1000",
                        "--devices",
                        "100000",
                        "--engineering-days",
                        "1",
                        "--out",
                        page.toString()))
                .isZero();
        assertThat(output.toString())
                .contains("It does not pay: slow costs ")
                .containsPattern("base \\(today\\) +\\d")
                .containsPattern("slow .* never +▼ costs more")
                .containsPattern("stuck +– .*▼ does not reach the target")
                .contains("Rolling out costs 800 EUR: 1 days at 800 EUR.")
                .contains("There are no ranges")
                .contains("Open " + page);
        assertThat(Files.readString(page))
                .contains("<html lang=\"en\">")
                .contains("class=\"card decision worse\"")
                .contains("When does it begin to pay?")
                .contains("evenkeel pilot cost FOLDER --target grad-norm:0.1 --currency EUR --gb-up 1000 --gb-down 1"
                        + " --device-hour 0.01 --engineering-day 800 --engineering-days 1 --payback-years 3 --trainings 52"
                        + " --devices 100000 --parameters 4 --slowdown 10 --kwh-per-gb 0.06 --lang en --out cost.html");
        assertThat(pilot("cost", trial, "--currency", "円", "--gb-up", "300", "--engineering-day", "80000"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "--currency is '円', but --gb-down, --device-hour are assumed in EUR: give them in 円, or --rate");
        assertThat(pilot("cost", trial, "--rate", "160")).isEqualTo(2);
        assertThat(errors.toString()).contains("--rate converts assumed prices from EUR");
        assertThat(pilot("cost", trial, "--lang", "ja", "--currency", "円", "--rate", "160", "--out", page.toString()))
                .as(errors.toString())
                .isZero();
        assertThat(output.toString()).contains("1,280,000円");
        assertThat(output.toString()).contains("採算が取れません。slow は圧縮なしの学習より年間 ").contains("円多く費用がかかります。");
        assertThat(Files.readString(page)).contains("<html lang=\"ja\">").contains("前提条件");
        assertThat(pilot("cost", trial, "--lang", "fr")).isEqualTo(2);
        assertThat(errors.toString()).contains("--lang is 'fr', expected one of en, ja");
        assertThat(pilot("cost", trial, "--target", "loss:7")).isEqualTo(2);
        assertThat(errors.toString()).contains("no target 'loss:7': expected one of grad-norm:0.1");
        assertThat(pilot("cost", folder.toString())).isEqualTo(1);
        assertThat(pilot("cost", trial, "--gb-up", "-1")).isEqualTo(2);
    }
}
