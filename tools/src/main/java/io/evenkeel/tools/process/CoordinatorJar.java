package io.evenkeel.tools.process;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Finds the coordinator's jar and prepares its start in a separate JVM. */
public final class CoordinatorJar {

    /**
     * The system property that names the jar, in Spring Boot's extracted layout with the libraries in the
     * folder lib beside it.
     */
    public static final String PROPERTY = "evenkeel.coordinator";

    private CoordinatorJar() {}

    /**
     * Prepares starts of the coordinator.
     *
     * @param options the options of the JVM
     * @throws CommandFailure if there is no jar
     */
    public static JavaLaunch launch(List<String> options) {
        String jar = System.getProperty(PROPERTY);
        if (jar == null || !Files.isRegularFile(Path.of(jar))) {
            throw new CommandFailure(
                    (jar == null ? "the location of the coordinator's jar is unknown" : "there is no " + jar)
                            + ": start ./evenkeel from a checkout, which builds it, or name the extracted jar by -D"
                            + PROPERTY + "=...");
        }
        return JavaLaunch.ofJar(Path.of(jar), options);
    }

    /**
     * Prepares many quick starts with a class data sharing archive, as Spring Boot documents it. The archive is stored
     * beside the jar, and a build removes it; a build with tests, {@code ./evenkeel serve} and this method create it if
     * it is missing.
     *
     * @param options the options of the JVM
     * @throws CommandFailure if there is no jar
     */
    public static JavaLaunch quick(List<String> options) throws IOException, InterruptedException {
        JavaLaunch launch = launch(options);
        if (!Files.exists(archive())) {
            train(launch, archive());
        }
        return archived(options);
    }

    /** Prepares a start with the archive, if there is one; throws {@link CommandFailure} if there is no jar. */
    public static JavaLaunch archived(List<String> options) {
        JavaLaunch launch = launch(options);
        return Files.exists(archive()) ? launch.with("-XX:SharedArchiveFile=" + archive()) : launch;
    }

    private static Path archive() {
        return Path.of(System.getProperty(PROPERTY)).resolveSibling("classes.jsa");
    }

    /** Writes the archive. Does nothing if the JVM cannot write it: its folder may be read-only. */
    private static void train(JavaLaunch launch, Path archive) throws IOException, InterruptedException {
        Path part = archive.resolveSibling("classes-" + ProcessHandle.current().pid() + ".part");
        try (TemporaryFolder folder = new TemporaryFolder("evenkeel-training-")) {
            Process training = launch.with("-XX:ArchiveClassesAtExit=" + part, "-Dspring.context.exit=onRefresh")
                    .start(
                            folder.path().resolve("training.log"),
                            List.of(),
                            List.of("--server.port=0", "--evenkeel.data=" + folder.path()));
            int unused = training.waitFor();
        }
        if (Files.exists(part)) {
            Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
