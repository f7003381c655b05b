package io.evenkeel.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.RunPlan;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code export} and {@code import} between two coordinators. */
@OnlyInCi
class TransferCommandsIT {

    private static final int ROUNDS = 3;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static LocalCoordinator here;
    private static LocalCoordinator there;

    @BeforeAll
    static void start(@TempDir Path folder) throws InterruptedException {
        here = coordinator(folder.resolve("here"));
        there = coordinator(folder.resolve("there"));
        for (String run : new String[] {"first", "second"}) {
            train(run);
        }
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
    }

    private static LocalCoordinator coordinator(Path folder) {
        return LocalCoordinator.start(folder, JavaLaunch.QUICK);
    }

    private static void train(String run) throws InterruptedException {
        OperatorApi operator = operator(here);
        operator.createRun(Map.of(
                "name",
                run,
                "dimension",
                20,
                "algorithm",
                "ef21-norm",
                "compressor",
                "top-k:3",
                "gamma",
                "constant:0.1",
                "rounds",
                ROUNDS,
                "time",
                Map.of("max", "PT1H")));
        String token = operator.createEnrolmentToken(1, "test");
        try (EvenkeelClient device = EvenkeelClient.builder(here.address())
                .run(run)
                .enrolmentToken(token)
                .memoryState()
                .listener(new ClientListener() {
                    @Override
                    public void joined(RunPlan plan, long sequence) {
                        operator.start(run);
                    }
                })
                .build()) {
            device.train(model -> {
                double[] gradient = model.toDoubles();
                Arrays.setAll(gradient, j -> gradient[j] - j);
                return Gradient.of(gradient);
            });
        }
    }

    private static OperatorApi operator(LocalCoordinator coordinator) {
        return new OperatorApi(coordinator.address(), coordinator.operatorToken());
    }

    private int execute(LocalCoordinator coordinator, String... args) {
        CommandLine commandLine = EvenkeelCommand.commandLine(args);
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] all = Arrays.copyOf(args, args.length + 4);
        all[args.length] = "--coordinator";
        all[args.length + 1] = coordinator.address().toString();
        all[args.length + 2] = "--token";
        all[args.length + 3] = coordinator.operatorToken();
        return commandLine.execute(all);
    }

    private Path export(Path folder, String run) {
        Path file = folder.resolve(run + ".evenkeel");
        assertThat(execute(here, "export", "--run", run, "--to", file.toString()))
                .as(err.toString())
                .isZero();
        return file;
    }

    @Test
    void anExportIsVerifiedAndImportedWithTheSameBits(@TempDir Path folder) throws IOException {
        Path file = export(folder, "first");

        assertThat(out.toString())
                .contains(
                        file + ": run 'first', ", String.format("%,d bytes, all checksums verified", Files.size(file)));
        assertThat(file.resolveSibling("first.evenkeel.part")).doesNotExist();
        assertThat(execute(there, "import", "--from", file.toString())).isZero();
        assertThat(out.toString()).contains("imported runs: first");
        assertThat(operator(there).status("first").state()).isEqualTo("finished");
        assertThat(operator(there).model("first", ROUNDS))
                .isEqualTo(operator(here).model("first", ROUNDS));
        assertThat(operator(there).rounds("first", 0, 10))
                .isEqualTo(operator(here).rounds("first", 0, 10));
        assertThat(operator(there).audit("first")).isEmpty();
    }

    @Test
    void anExistingRunIsNotOverwrittenByAnImport(@TempDir Path folder) {
        Path file = export(folder, "first");

        assertThat(execute(here, "import", "--from", file.toString())).isNotZero();
        assertThat(err.toString()).contains("run 'first' already exists; nothing was imported");
    }

    @Test
    void aFileThatWasCutOffOrChangedIsRefusedNamingTheByteAndNothingIsImported(@TempDir Path folder)
            throws IOException {
        byte[] whole = Files.readAllBytes(export(folder, "second"));
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
        byte[] changed = whole.clone();
        changed[whole.length / 2] ^= 4;
        Path flipped = Files.write(folder.resolve("flipped"), changed);

        assertThat(execute(there, "import", "--from", cut.toString())).isNotZero();
        assertThat(err.toString())
                .contains("byte " + whole.length / 2 + ": the file ends here", "nothing was imported");
        assertThat(execute(there, "import", "--from", flipped.toString())).isNotZero();
        assertThat(err.toString()).containsPattern("byte [0-9]+: the record's checksum does not match");
        assertThat(execute(
                        there,
                        "import",
                        "--from",
                        folder.resolve("second.evenkeel").toString()))
                .as("nothing of it is in the way")
                .isZero();
    }

    @Test
    void anExportThatFailsLeavesAnOlderFileUnchanged(@TempDir Path folder) throws IOException {
        Path older = Files.writeString(folder.resolve("backup"), "older");

        assertThat(execute(here, "export", "--run", "unknown", "--to", older.toString()))
                .isNotZero();
        assertThat(err.toString()).contains("there is no run named 'unknown'");
        assertThat(older).hasContent("older");
    }

    @Test
    void aModelMovesToo(@TempDir Path folder) {
        assertThat(execute(here, "models", "publish", "digits", "--run", "first"))
                .as(err.toString())
                .isZero();
        Path model = folder.resolve("model.evenkeel");
        assertThat(execute(here, "export", "--model", "digits", "--to", model.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains(model + ": model 'digits', 3 rows, ");

        assertThat(execute(there, "import", "--from", model.toString())).isZero();
        assertThat(out.toString()).contains("imported models: digits");
        assertThat(execute(there, "import", "--from", model.toString())).isNotZero();
        assertThat(err.toString()).contains("registered model 'digits' already exists");
    }

    /** Only an empty coordinator accepts an export of everything. */
    @Test
    @Tag("full")
    void everythingMovesToo(@TempDir Path folder) {
        Path all = folder.resolve("all.evenkeel");
        assertThat(execute(here, "export", "--all", "--to", all.toString())).isZero();
        assertThat(out.toString()).contains(all + ": everything, ");
        try (LocalCoordinator empty = coordinator(folder.resolve("empty"))) {
            assertThat(execute(empty, "import", "--from", all.toString())).isZero();
            assertThat(out.toString()).contains("imported runs: first, second");
        }
    }

    @Test
    void oneThingIsExportedAtATime(@TempDir Path folder) {
        String file = folder.resolve("file").toString();

        assertThat(execute(here, "export", "--to", file)).isNotZero();
        assertThat(execute(here, "export", "--all", "--run", "first", "--to", file))
                .isNotZero();
        assertThat(err.toString()).contains("mutually exclusive");
    }

    @Test
    void saysWhichFileCannotBeRead(@TempDir Path folder) {
        assertThat(execute(there, "import", "--from", folder.resolve("nothing").toString()))
                .isNotZero();
        assertThat(err.toString()).contains("there is no file " + folder.resolve("nothing"), "correct --from");
    }
}
