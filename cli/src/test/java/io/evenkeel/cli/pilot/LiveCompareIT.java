package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.data.LabelShards;
import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.learn.LocalLoss;
import io.evenkeel.trial.learn.Perceptron;
import io.evenkeel.trial.local.LocalDevices;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** {@code pilot compare --runs} on runs that devices trained with a coordinator. */
@OnlyInCi
class LiveCompareIT {

    private static final int DEVICES = 3;
    private static final int ROUNDS = 20;
    private static final Perceptron PERCEPTRON = new Perceptron(Digits.WIDTH, 16, Digits.CLASSES);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private static LocalCoordinator coordinator;

    @BeforeAll
    static void trainTwoRuns(@TempDir Path data) throws InterruptedException {
        coordinator = LocalCoordinator.start(data, JavaLaunch.QUICK);
        train("digits-a", "identity");
        train("digits-b", "top-k:0.1");
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    private static OperatorApi operator() {
        return new OperatorApi(coordinator.address(), coordinator.operatorToken());
    }

    private static void create(String run, String compressor) {
        Map<String, Object> definition = definition(compressor);
        definition.put("name", run);
        operator().createRun(definition);
        operator().uploadModel(run, PERCEPTRON.initialModel(7));
    }

    private static Map<String, Object> definition(String compressor) {
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put(
                "tensors",
                PERCEPTRON.layout().tensors().stream()
                        .map(tensor -> Map.of("name", tensor.name(), "shape", List.copyOf(tensor.shape())))
                        .toList());
        definition.put("algorithm", "ef21");
        definition.put("compressor", compressor);
        definition.put("gamma", "0.5");
        definition.put("rounds", ROUNDS);
        definition.put("participants", Map.of("min", DEVICES, "max", DEVICES));
        definition.put("time", Map.of("max", "PT1H"));
        definition.put("initialModel", "uploaded");
        return definition;
    }

    private static void train(String run, String compressor) throws InterruptedException {
        create(run, compressor);
        train(run);
    }

    private static void train(String run) throws InterruptedException {
        Digits digits = Digits.load();
        String token = operator().createEnrolmentToken(DEVICES, run);
        int[][] shares = LabelShards.divide(digits.train(), DEVICES, 2, 7);
        try (LocalDevices fleet = new LocalDevices()) {
            for (int device = 0; device < DEVICES; device++) {
                join(fleet, run, token, device, digits.train().subset(shares[device]));
            }
            operator().start(run);
            fleet.awaitEnd();
        }
    }

    private static void join(LocalDevices fleet, String run, String token, int device, Samples share)
            throws InterruptedException {
        LocalLoss loss = new LocalLoss(new Perceptron(Digits.WIDTH, 16, Digits.CLASSES), share, 0, 7);
        Perceptron measured = new Perceptron(Digits.WIDTH, 16, Digits.CLASSES);
        fleet.join(
                "device-" + device,
                EvenkeelClient.builder(coordinator.address())
                        .run(run)
                        .enrolmentToken(token)
                        .memoryState()
                        .evaluation(model -> Map.of(
                                "accuracy",
                                measured.evaluate(model.toDoubles(), share).accuracy())),
                model -> {
                    double[] gradient = new double[model.dimension()];
                    double value = loss.gradient(model.toDoubles(), model.round(), gradient);
                    return Gradient.of(gradient, loss.samples(), value);
                });
    }

    private int pilot(String... args) {
        String[] all = Arrays.copyOf(new String[] {"pilot"}, args.length + 1);
        System.arraycopy(args, 0, all, 1, args.length);
        return evenkeel(all);
    }

    private int evenkeel(String... args) {
        CommandLine line = EvenkeelCommand.commandLine(args);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private int experiments(String command, String argument, String option, Path file) {
        String address = coordinator.address().toString();
        String token = coordinator.operatorToken();
        return argument.isEmpty()
                ? evenkeel("experiments", command, option, file.toString(), "--coordinator", address, "--token", token)
                : evenkeel(
                        "experiments",
                        command,
                        argument,
                        option,
                        file.toString(),
                        "--coordinator",
                        address,
                        "--token",
                        token);
    }

    private int compare(String runs, Path results, String token) {
        return pilot(
                "compare",
                "--runs",
                runs,
                "--coordinator",
                coordinator.address().toString(),
                "--token",
                token,
                "--out",
                results.toString());
    }

    private int compare(String runs, Path results) {
        return compare(runs, results, coordinator.operatorToken());
    }

    @Test
    void leavesTheResultsFolderOfATrialWithTheCoordinatorsFigures() throws IOException {
        Path results = folder.resolve("live");
        assertThat(compare("digits-b,digits-a", results)).as(err.toString()).isZero();

        ResultsFolder read = ResultsFolder.open(results);
        Summary summary = read.summary();
        assertThat(summary.complete()).isTrue();
        assertThat(summary.baseline()).as("the uncompressed run").isEqualTo("digits-a");
        assertThat(summary.problem().dimension()).isEqualTo(PERCEPTRON.layout().dimension());
        assertThat(summary.problem().clients()).isEqualTo(DEVICES);
        ArmRun compressed = read.runs().get(0);
        assertThat(compressed.points()).hasSize(ROUNDS + 1);
        TrajectoryPoint last = compressed.points().get(ROUNDS);
        assertThat(last.uplinkBytes())
                .isEqualTo(operator().allRounds("digits-b").stream()
                        .mapToLong(round -> round.uplinkBytes())
                        .sum());
        assertThat(compressed.points().get(3).loss())
                .isEqualTo(operator().rounds("digits-b", 3, 1).get(0).loss());
        assertThat(compressed.points().get(3).testMetric()).isBetween(0.0, 1.0);
        assertThat(summary.arms().get(0).runs().get(0).uplinkBytes())
                .isLessThan(summary.arms().get(1).runs().get(0).uplinkBytes());
    }

    @Test
    void comparesTheArmsOfAnExperimentWithItsFirst() throws IOException, InterruptedException {
        Path file = folder.resolve("experiment.json");
        Map<String, Object> definition = definition("top-k:0.1");
        new JsonMapper()
                .writeValue(
                        file,
                        Map.of(
                                "name",
                                "digits-ab",
                                "assignment",
                                "crossover",
                                "definition",
                                definition,
                                "arms",
                                new TreeMap<>(
                                        Map.of("a-sparse", Map.of(), "b-dense", Map.of("compressor", "identity")))));
        assertThat(experiments("create", "", "-f", file)).as(err.toString()).isZero();
        for (String run : List.of("digits-ab-a-sparse", "digits-ab-b-dense")) {
            operator().uploadModel(run, PERCEPTRON.initialModel(7));
            train(run);
        }

        Path results = folder.resolve("report");
        assertThat(experiments("report", "digits-ab", "--out", results))
                .as(err.toString())
                .isZero();
        Summary summary = ResultsFolder.open(results).summary();
        assertThat(summary.baseline()).isEqualTo("digits-ab-a-sparse");
        assertThat(summary.arms()).hasSize(2);
        assertThat(results.resolve("report.html")).exists();
        assertThat(experiments("report", "digits-ab", "--baseline", Path.of("c")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--baseline is 'c', but experiment 'digits-ab' has no such arm");
    }

    @Test
    void reportListsTheDifferencesOfTheDefinitionsAndCanBeRepeated() throws IOException {
        Path results = folder.resolve("live");
        assertThat(compare("digits-a,digits-b", results)).as(err.toString()).isZero();
        String report = Files.readString(results.resolve("report.html"));

        assertThat(report)
                .contains("What differs between the runs", "<td>top-k:0.1", "<td>identity")
                .contains("One run of each: there are no intervals")
                .contains("did not run side by side")
                .doesNotContain("‖∇f‖ against rounds", "Besides the method");
        assertThat(pilot("report", results.toString())).as(err.toString()).isZero();
        assertThat(Files.readString(results.resolve("report.html"))).isEqualTo(report);
    }

    @Test
    void costsComeFromTheBytesOfRealRuns() {
        Path results = folder.resolve("live");
        assertThat(compare("digits-a,digits-b", results)).as(err.toString()).isZero();
        assertThat(pilot("cost", results.toString())).as(err.toString()).isZero();
        assertThat(out.toString()).contains("digits-a", "digits-b");
    }

    @Test
    void aRunThatHasClosedNoRoundIsRefused() {
        create("waiting", "top-k:0.1");
        assertThat(compare("digits-a,waiting", folder.resolve("live"))).isEqualTo(2);
        assertThat(err.toString()).contains("run 'waiting' is created and has closed no round yet");
        assertThat(folder.resolve("live")).doesNotExist();
    }

    @Test
    void anUnknownRunIsNamed() {
        assertThat(compare("digits-a,nobody", folder.resolve("live"))).isNotZero();
        assertThat(err.toString()).contains("nobody").contains("there is no run named 'nobody'");
        assertThat(folder.resolve("live")).doesNotExist();
    }

    @Test
    void aWrongTokenIsRefusedInWords() {
        assertThat(compare("digits-a,digits-b", folder.resolve("live"), "wrong"))
                .isNotZero();
        assertThat(err.toString()).contains("the bearer token is not known").doesNotContain("Exception");
        assertThat(folder.resolve("live")).doesNotExist();
    }
}
