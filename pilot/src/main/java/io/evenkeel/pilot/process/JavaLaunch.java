package io.evenkeel.pilot.process;

import io.evenkeel.pilot.EvenkeelCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the {@code evenkeel} command in other JVMs, from whatever this one runs from. Immutable. */
public final class JavaLaunch {

    /** Quick starts matter more here than speed later. */
    private static final List<String> QUICK =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx384m", "-XX:-UsePerfData");

    private final List<String> options;
    private final List<String> command;

    private JavaLaunch(List<String> options, List<String> command) {
        this.options = options;
        this.command = command;
    }

    /**
     * Starts from what this JVM runs from, as it is.
     *
     * @param options the JVMs' options
     */
    public static JavaLaunch likeThis(List<String> options) {
        return new JavaLaunch(options, ofThis());
    }

    /**
     * Prepares many quick starts. From a jar, the classes that a start needs are kept in the folder in the form they have in memory,
     * which halves the time of a start.
     */
    public static JavaLaunch quick(Path folder) throws IOException, InterruptedException {
        List<String> command = ofThis();
        return new JavaLaunch(QUICK, isJar(command) ? withArchive(folder, command) : command);
    }

    private static List<String> ofThis() {
        return List.of("-cp", System.getProperty("java.class.path"), EvenkeelCommand.class.getName());
    }

    private static boolean isJar(List<String> command) {
        String path = command.get(1);
        return path.endsWith(".jar") && !path.contains(File.pathSeparator);
    }

    private static List<String> withArchive(Path folder, List<String> command)
            throws IOException, InterruptedException {
        Path archive = folder.resolve("classes.jsa");
        List<String> recording =
                new ArrayList<>(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Dspring.context.exit=onRefresh"));
        recording.addAll(command);
        new JavaLaunch(QUICK, recording)
                .start(
                        folder.resolve("rehearsal.log"),
                        List.of(),
                        "serve",
                        "--port",
                        "0",
                        "--data",
                        folder.resolve("rehearsal").toString())
                .waitFor();
        if (!Files.exists(archive)) {
            return command;
        }
        List<String> archived = new ArrayList<>(List.of("-XX:SharedArchiveFile=" + archive));
        archived.addAll(command);
        return archived;
    }

    /**
     * Starts a process that writes to the end of a file.
     *
     * @param secrets environment variables, NAME=VALUE
     */
    public Process start(Path log, List<String> secrets, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(java()));
        line.addAll(options);
        line.addAll(command);
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        for (String secret : secrets) {
            String[] parts = secret.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        Process process = builder.start();
        Thread reaper = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
        var unused = process.onExit().thenRun(() -> forget(reaper));
        return process;
    }

    private static void forget(Thread reaper) {
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This process is ending itself, and the hook is about to run.
            return;
        }
    }

    private static String java() {
        return System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    }
}
