package io.evenkeel.tools.process;

import io.evenkeel.tools.terminal.ShutdownSequence;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a Java program in separate JVMs. Immutable. */
public final class JavaLaunch {

    /** JVM options for programs whose start-up time matters more than their speed. */
    public static final List<String> QUICK =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData");

    /**
     * Makes children ignore Ctrl-C, which reaches all processes of a terminal, so that their parent can end them in an
     * orderly way. A JVM does not handle a signal that was ignored when it started.
     */
    private static final List<String> IGNORING_CTRL_C = List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\"");

    private final List<String> options;
    private final List<String> program;

    private JavaLaunch(List<String> options, List<String> program) {
        this.options = List.copyOf(options);
        this.program = program;
    }

    public static JavaLaunch ofJar(Path jar, List<String> options) {
        return new JavaLaunch(options, List.of("-jar", jar.toString()));
    }

    /** Returns a launch of a class with the class path of this JVM. */
    public static JavaLaunch ofClass(Class<?> main, List<String> options) {
        return new JavaLaunch(options, List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    }

    /** Returns a copy with more JVM options. */
    JavaLaunch with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new JavaLaunch(all, program);
    }

    public List<String> commandLine(List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        line.addAll(options);
        line.addAll(program);
        line.addAll(arguments);
        return line;
    }

    /**
     * Starts a process that appends its output to a file. It is killed when this JVM ends.
     *
     * @param secrets environment variables, NAME=VALUE
     */
    public Process start(Path log, List<String> secrets, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(File.separatorChar == '/' ? IGNORING_CTRL_C : List.of());
        line.addAll(commandLine(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        for (String secret : secrets) {
            String[] parts = secret.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        Process process = builder.start();
        ShutdownSequence.killLast(process);
        return process;
    }
}
