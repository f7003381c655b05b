package io.evenkeel.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials in the jar that is shipped lists what is in it, and nothing else. */
class ShippedJarIT {

    private static final String BILL = "META-INF/sbom/application.cdx.json";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    /** Nothing but dependencies, so Spring Boot leaves these empty jars out. */
    private static final String STARTER = "spring-boot-starter";

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
    void listsEveryLibraryWithItsVersionAndContent() {
        Map<String, String> libraries = new TreeMap<>();
        jar.stream()
                .filter(entry -> entry.getName().startsWith(LIBRARIES) && !entry.isDirectory())
                .forEach(entry -> libraries.put(entry.getName().substring(LIBRARIES.length()), sha256(entry)));
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode component : bill.path("components")) {
            if (!component.path("name").asString().startsWith(STARTER)) {
                listed.put(fileName(component), sha256(component));
            }
        }

        assertThat(libraries).hasSizeGreaterThan(50);
        assertThat(listed).isEqualTo(libraries);
    }

    @Test
    void namesTheLicenceOfEveryLibraryOfOthers() {
        assertThat(bill.path("components"))
                .filteredOn(component -> !component.path("group").asString().equals("io.evenkeel"))
                .isNotEmpty()
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

    private static String sha256(JarEntry entry) {
        try (InputStream content = jar.getInputStream(entry)) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.readAllBytes()));
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot read " + entry, e);
        }
    }
}
