package io.evenkeel.operator.process;

import io.evenkeel.operator.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the coordinator's jar and prepares its start in a separate JVM. */
public final class CoordinatorJar {

    /** The system property that names the jar, in Spring Boot's extracted layout with the libraries in the folder lib beside it. */
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
     * Prepares many quick starts: writes a class data sharing archive to the folder, as Spring Boot documents.
     *
     * @param options the JVM's
     */
    public static JavaLaunch quick(Path folder, List<String> options) throws IOException, InterruptedException {
        JavaLaunch launch = launch(options);
        Path archive = folder.resolve("classes.jsa");
        Process training = launch.with("-XX:ArchiveClassesAtExit=" + archive, "-Dspring.context.exit=onRefresh")
                .start(
                        folder.resolve("training.log"),
                        List.of(),
                        List.of("--server.port=0", "--evenkeel.data=" + folder.resolve("training")));
        int unused = training.waitFor();
        return Files.exists(archive) ? launch.with("-XX:SharedArchiveFile=" + archive) : launch;
    }
}
