package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script {@code ./evenkeel} in a copy of the repository with stubs for Java and Maven. */
@DisabledOnOs(OS.WINDOWS)
class LaunchScriptTest {

    private static final List<String> MODULES =
            List.of("client-sdk/core", "client-sdk/java", "engine", "src", "tools", "trial", "cli", "testkit");
    private static final List<String> JARS = List.of(
            "target/coordinator/evenkeel-coordinator.jar",
            "cli/target/evenkeel-cli.jar",
            "testkit/target/evenkeel-testkit.jar");
    private static final Instant BUILT = Instant.parse("2026-01-02T00:00:00Z");

    @TempDir
    private Path root;

    @BeforeEach
    void copyTheScript() throws IOException {
        Files.copy(Path.of("..", "evenkeel"), root.resolve("evenkeel"));
        executable("evenkeel");
        write("jdk/bin/java", """
                #!/bin/sh
                case $1 in
                    -version) echo 'openjdk version "17.0.1"' >&2 ;;
                    -XX:ArchiveClassesAtExit=*) touch "${1#*=}"; { pwd; env; } >"$(dirname "$0")/training" ;;
                esac
                echo "java $*"
                """);
        executable("jdk/bin/java");
        write(
                "mvnw",
                "#!/bin/sh\ntouch builds\nfor jar in " + String.join(" ", JARS)
                        + "; do mkdir -p \"$(dirname $jar)\"; touch $jar; done\n");
        executable("mvnw");
        write("pom.xml", "");
        write("ops/image/jvm-flags", "InitialHeapSize=33554432\nMaxRAMPercentage=60\n+ExitOnOutOfMemoryError\n");
        for (String module : MODULES) {
            write(module + "/Source.java", "");
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(BUILT.minusSeconds(60)));
    }

    private void executable(String name) throws IOException {
        Path ignored = Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void build() throws IOException {
        for (String jar : JARS) {
            write(jar, "");
            Files.setLastModifiedTime(root.resolve(jar), FileTime.from(BUILT));
        }
    }

    /** Returns the script's output, including its errors. */
    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("./evenkeel"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        builder.environment().put("SPRING_DATASOURCE_URL", "jdbc:postgresql://production/evenkeel");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private boolean wasBuilt() {
        return Files.exists(root.resolve("builds"));
    }

    @Test
    void buildsWhatIsMissing() throws Exception {
        assertThat(run("pilot")).contains("evenkeel: building", "-jar " + root.toRealPath());
        assertThat(wasBuilt()).isTrue();
    }

    @Test
    void usesWhatIsBuiltAndSaysThatSourcesAreNewer() throws Exception {
        build();
        assertThat(run("pilot", "--version")).doesNotContain("newer");

        Files.writeString(root.resolve("src/Source.java"), "// touched", StandardOpenOption.APPEND);
        assertThat(run("pilot", "--version"))
                .contains("the sources are newer than what is built; ./evenkeel --build pilot builds first")
                .contains("-jar " + root.toRealPath().resolve(JARS.get(1)) + " pilot --version");
        assertThat(wasBuilt()).isFalse();
    }

    @Test
    void buildsOnRequest() throws Exception {
        build();
        Files.writeString(root.resolve("src/Source.java"), "// touched", StandardOpenOption.APPEND);
        assertThat(run("--build", "pilot", "--version")).doesNotContain("newer").endsWith("pilot --version\n");
        assertThat(wasBuilt()).isTrue();
    }

    @Test
    void startsTheCoordinatorWithItsOptions() throws Exception {
        build();
        assertThat(run("serve", "--port", "1", "--data=a b"))
                .contains(" -XX:InitialHeapSize=33554432 -jar "
                        + root.toRealPath().resolve(JARS.get(0)) + " --port 1 --data=a b");
    }

    @Test
    void archivesTheClassesOfTheCoordinatorOnceForEachBuild() throws Exception {
        build();
        assertThat(run("serve", "--port", "1"))
                .contains("preparing quick starts")
                .contains("java -XX:SharedArchiveFile=" + root.toRealPath().resolve("target/coordinator/classes.jsa"))
                .endsWith("-jar " + root.toRealPath().resolve(JARS.get(0)) + " --port 1\n");
        assertThat(run("serve")).doesNotContain("preparing").contains("-XX:SharedArchiveFile=");

        Files.setLastModifiedTime(
                root.resolve(JARS.get(0)), FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run("serve")).contains("preparing quick starts");
    }

    @Test
    void archivesClassesWithoutTheUsersSettings() throws Exception {
        build();
        assertThat(run("serve")).contains("preparing quick starts");

        String training = Files.readString(root.resolve("jdk/bin/training"));
        assertThat(training).doesNotContain("production").doesNotStartWith(root.toRealPath() + "\n");
    }
}
