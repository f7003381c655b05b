package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the backup script in a shell, with a fake pg_dump. */
class BackupTest {

    @TempDir
    Path folder;

    private Path dumps;
    private Path programs;

    @BeforeEach
    void makeFolders() throws IOException {
        dumps = Files.createDirectory(folder.resolve("backup"));
        programs = Files.createDirectory(folder.resolve("bin"));
    }

    private static Container container() {
        return Chart.render(Chart.valueSet("autoscaling"))
                .only(CronJob.class)
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }

    /** @param dump the body of the fake pg_dump */
    private int run(String dump) throws IOException, InterruptedException {
        Path program = Files.writeString(programs.resolve("pg_dump"), "#!/bin/sh\n" + dump + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        List<String> command = container().getCommand();
        assertThat(command).hasSize(3);
        ProcessBuilder shell = new ProcessBuilder(
                command.get(0), command.get(1), command.get(2).replace("cd /backup", "cd '" + dumps + "'"));
        shell.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        shell.environment().put("DATABASE", "postgresql://postgres:5432/evenkeel");
        return shell.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start()
                .waitFor();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(dumps)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheNewestDumps() throws IOException, InterruptedException {
        for (String day : List.of("01", "02", "03")) {
            Files.createFile(dumps.resolve("evenkeel-2026-01-" + day + "T030000Z.dump"));
        }
        Files.createFile(dumps.resolve("evenkeel-2026-01-03T040000Z.dump.part"));

        assertThat(run("for o in \"$@\"; do case $o in --file=*) echo dump >\"${o#--file=}\";; esac; done"))
                .as(Files.readString(folder.resolve("output")))
                .isZero();

        assertThat(files()).hasSize(2).element(0).isEqualTo("evenkeel-2026-01-03T030000Z.dump");
        assertThat(dumps.resolve(files().get(1))).hasContent("dump");
        assertThat(files().get(1)).matches("evenkeel-\\d{4}-\\d\\d-\\d\\dT\\d{6}Z\\.dump");
    }

    @Test
    void keepsAllDumpsIfANewOneFails() throws IOException, InterruptedException {
        Files.createFile(dumps.resolve("evenkeel-2026-01-01T030000Z.dump"));

        assertThat(run("exit 3")).isEqualTo(3);

        assertThat(files()).containsExactly("evenkeel-2026-01-01T030000Z.dump");
    }

    @Test
    void readsTheCoordinatorsDatabaseWithItsSecret() {
        Container container = container();
        assertThat(container.getEnv().stream().map(EnvVar::getName))
                .containsExactly("PGUSER", "PGPASSWORD", "DATABASE");
        assertThat(container.getEnv().get(2).getValue()).isEqualTo("postgresql://postgres:5432/evenkeel");
        assertThat(Chart.render(
                                Chart.valueSet("postgresql"),
                                Map.of(
                                        "backup.enabled",
                                        true,
                                        "backup.existingClaim",
                                        "dumps",
                                        "backup.parameters",
                                        "sslmode=verify-full"))
                        .only(CronJob.class)
                        .toString())
                .contains("postgresql://postgres.databases:5432/evenkeel?sslmode=verify-full", "claimName=dumps");
    }
}
