package io.evenkeel.trial.loss;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the engine for neural networks: on the class path, or else among the jars of the folder that the system property
 * {@value #FOLDER} names.
 */
public final class NetworkEngines {

    /** Names a folder with an engine's jars. */
    public static final String FOLDER = "evenkeel.networks";

    /** Referred to here, as the JDK forgets the level of a logger that nobody refers to. */
    private static final Logger ENGINE_LOG = Logger.getLogger("ai.djl");

    private static @Nullable NetworkEngine found;

    private NetworkEngines() {}

    /**
     * Returns the engine.
     *
     * @throws IllegalArgumentException if there is none, saying where to get one
     */
    public static synchronized NetworkEngine get() {
        if (found == null) {
            found = find();
        }
        return found;
    }

    private static NetworkEngine find() {
        String folder = System.getProperty(FOLDER);
        ClassLoader own = NetworkEngine.class.getClassLoader();
        // The terminal is for the progress; where there is no graphics card, DJL warns of that.
        ENGINE_LOG.setLevel(Level.SEVERE);
        // Never closed: the engine lives as long as the process.
        ClassLoader loader = folder == null ? own : new URLClassLoader(jars(Path.of(folder)), own);
        return ServiceLoader.load(NetworkEngine.class, loader)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("networks need an engine that is not here: start with"
                        + " ./evenkeel from a checkout, which fetches it (about 120 MB), or name a folder with its jars by -D"
                        + FOLDER + "=..."));
    }

    private static URL[] jars(Path folder) {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".jar")).sorted().toList()) {
                jars.add(file.toUri().toURL());
            }
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a file's address is always well-formed", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(FOLDER + " is " + folder + ", which cannot be read: " + e, e);
        }
        return jars.toArray(URL[]::new);
    }
}
