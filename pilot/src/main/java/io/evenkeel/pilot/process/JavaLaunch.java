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

    /** Prepares many quick starts. A jar with jars in it is unpacked into the folder first, as that starts in a third of the time. */
    public static JavaLaunch quick(Path folder) throws IOException, InterruptedException {
        List<String> command = ofThis();
        if (!command.get(0).equals("-jar")) {
            return new JavaLaunch(QUICK, command);
        }
        String path = command.get(1);
        Path unpacked = folder.resolve("program");
        Process unpacking = new ProcessBuilder(
                        java(), "-Djarmode=tools", "-jar", path, "extract", "--destination", unpacked.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path jar = unpacked.resolve(Path.of(path).getFileName());
        if (unpacking.waitFor() != 0 || !Files.exists(jar)) {
            return new JavaLaunch(QUICK, command);
        }
        return new JavaLaunch(QUICK, withArchive(folder, jar));
    }

    private static List<String> ofThis() {
        String place = EvenkeelCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        String path = System.getProperty("java.class.path");
        return place.startsWith("jar:") ? List.of("-jar", path) : List.of("-cp", path, EvenkeelCommand.class.getName());
    }

    /** Keeps the classes a start needs in the form they have in memory, which halves the time of a start once more. */
    private static List<String> withArchive(Path folder, Path jar) throws IOException, InterruptedException {
        Path archive = folder.resolve("program").resolve("classes.jsa");
        JavaLaunch rehearsal = new JavaLaunch(
                QUICK,
                List.of(
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-Dspring.context.exit=onRefresh",
                        "-jar",
                        jar.toString()));
        rehearsal
                .start(
                        folder.resolve("rehearsal.log"),
                        List.of(),
                        "serve",
                        "--port",
                        "0",
                        "--data",
                        folder.resolve("rehearsal").toString())
                .waitFor();
        List<String> command = new ArrayList<>(List.of("-jar", jar.toString()));
        if (Files.exists(archive)) {
            command.add(0, "-XX:SharedArchiveFile=" + archive);
        }
        return command;
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
