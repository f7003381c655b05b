package io.evenkeel.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The jar that is shipped holds the classes of the libraries that its bill of materials lists, as they are, and nothing else. */
class ShippedJarIT {

    private static final String BILL = "META-INF/sbom/application.cdx.json";
    private static final String OURS = "io/evenkeel/";

    /** Left out by the build. */
    private static final String FOR_TESTS =
            "META-INF/spring/org.springframework.boot.web.server.test.AutoConfigureWebServer.imports";

    /** In the packages of the beans that they are about. */
    private static final Pattern WRITTEN_AHEAD_OF_TIME =
            Pattern.compile(".*__(BeanDefinitions|Autowiring)\\d*(\\$.*)?\\.class");

    private static JarFile jar;
    private static JsonNode bill;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(System.getProperty("evenkeel.jar"));
        try (InputStream text = jar.getInputStream(jar.getEntry(BILL))) {
            bill = new JsonMapper().readTree(text);
        }
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void holdsTheClassesOfEveryLibraryThatIsListed() throws IOException {
        Map<String, Long> held = new TreeMap<>();
        jar.stream()
                .filter(entry -> isClass(entry) && !entry.getName().startsWith(OURS))
                .filter(entry -> !WRITTEN_AHEAD_OF_TIME.matcher(entry.getName()).matches())
                .forEach(entry -> held.put(entry.getName(), entry.getCrc()));
        Map<String, Long> listed = new TreeMap<>();
        for (JsonNode component : librariesOfOthers()) {
            Path library = onClassPath(component);
            assertThat(sha256(library)).as(library.toString()).isEqualTo(sha256(component));
            try (JarFile classes = new JarFile(library.toFile())) {
                classes.stream()
                        .filter(ShippedJarIT::isClass)
                        .forEach(entry -> listed.put(entry.getName(), entry.getCrc()));
            }
        }

        assertThat(held).hasSizeGreaterThan(10_000).isEqualTo(listed);
    }

    @Test
    void holdsEveryServiceThatLibrariesRegister() throws IOException {
        for (JsonNode component : librariesOfOthers()) {
            try (JarFile library = new JarFile(onClassPath(component).toFile())) {
                for (JarEntry entry : Collections.list(library.entries())) {
                    String name = entry.getName();
                    if (name.matches("META-INF/(services/.+|spring/.+\\.imports)") && !name.equals(FOR_TESTS)) {
                        assertThat(lines(jar, name)).as(name).containsAll(lines(library, name));
                    }
                }
            }
        }
    }

    @Test
    void holdsEveryFactoryThatLibrariesName() throws IOException {
        for (JsonNode component : librariesOfOthers()) {
            try (JarFile library = new JarFile(onClassPath(component).toFile())) {
                for (String name : List.of("META-INF/spring.factories", "META-INF/spring/aot.factories")) {
                    if (library.getEntry(name) != null) {
                        assertThat(factories(jar, name)).as(name).containsAll(factories(library, name));
                    }
                }
            }
        }
    }

    @Test
    void namesTheLicenceOfEveryLibraryOfOthers() {
        assertThat(librariesOfOthers())
                .allSatisfy(component -> assertThat(component.path("licenses"))
                        .as(fileName(component))
                        .isNotEmpty());
    }

    @Test
    void isTheSameForTheSameSources() {
        assertThat(bill.has("serialNumber")).isFalse();
        assertThat(bill.at("/metadata/timestamp").asString("")).isIn("", "2026-01-01T00:00:00Z");
    }

    @Test
    void isNamedInTheManifest() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Sbom-Format")).isEqualTo("CycloneDX");
        assertThat(manifest.getValue("Sbom-Location")).isEqualTo(BILL);
    }

    /** As Maven names the file: artifact, version and classifier. */
    private static String fileName(JsonNode component) {
        String purl = component.path("purl").asString();
        String classifier = purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]+).*", "$1") : "";
        return component.path("name").asString() + "-"
                + component.path("version").asString() + classifier + ".jar";
    }

    private static String sha256(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asString().equals("SHA-256")) {
                return hash.path("content").asString();
            }
        }
        return "";
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isClass(JarEntry entry) {
        return entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
    }

    private static List<JsonNode> librariesOfOthers() {
        List<JsonNode> libraries = bill.path("components")
                .valueStream()
                .filter(component -> !component.path("group").asString().equals("io.evenkeel"))
                .toList();
        assertThat(libraries).hasSizeGreaterThan(50);
        return libraries;
    }

    private static Path onClassPath(JsonNode component) {
        String name = fileName(component);
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(file -> file.getFileName().toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is listed, but is not on the class path"));
    }

    /** Returns each as key=class. */
    private static List<String> factories(JarFile from, String name) throws IOException {
        Properties named = new Properties();
        try (InputStream text = from.getInputStream(from.getEntry(name))) {
            named.load(text);
        }
        return named.stringPropertyNames().stream()
                .flatMap(
                        key -> Arrays.stream(named.getProperty(key).split(",")).map(value -> key + "=" + value.strip()))
                .filter(factory -> !factory.endsWith("="))
                .toList();
    }

    private static List<String> lines(JarFile from, String name) throws IOException {
        try (InputStream text = from.getInputStream(from.getEntry(name))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
