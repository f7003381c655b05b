package io.evenkeel.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
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

/** The executable jar contains exactly the libraries that its bill of materials lists, as they were published. */
class ShippedJarIT {

    private static final String BILL = "META-INF/sbom/application.cdx.json";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    private static JarFile jar;
    private static JsonNode bill;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(System.getProperty("evenkeel.jar"));
        try (InputStream text = jar.getInputStream(jar.getEntry(location()))) {
            bill = new JsonMapper().readTree(text);
        }
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    private static String location() throws IOException {
        return jar.getManifest().getMainAttributes().getValue("Sbom-Location");
    }

    @Test
    void containsTheListedLibrariesAndNoOthers() throws IOException {
        Map<String, String> held = new TreeMap<>();
        for (JarEntry entry : jar.stream().filter(ShippedJarIT::isLibrary).toList()) {
            held.put(entry.getName().substring(LIBRARIES.length()), sha256(entry));
        }
        Map<String, String> listed = new TreeMap<>();
        // Starters have no classes, and Spring Boot omits them.
        libraries().stream()
                .filter(component -> !component.path("name").asString().startsWith("spring-boot-starter"))
                .forEach(component -> listed.put(fileName(component), sha256(component)));

        assertThat(held).hasSizeGreaterThan(50).isEqualTo(listed);
    }

    @Test
    void namesTheLicenceOfEveryThirdPartyLibrary() {
        assertThat(libraries())
                .filteredOn(component -> !component.path("group").asString().equals("io.evenkeel"))
                // Its POM does not name a licence: see NOTICE.
                .filteredOn(component -> !component.path("name").asString().equals("nanojson"))
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
    void namesItsBillOfMaterialsInTheManifest() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Sbom-Format")).isEqualTo("CycloneDX");
        assertThat(location()).endsWith(BILL);
    }

    /** Returns the file name by Maven's convention: artifact, version and classifier. */
    private static String fileName(JsonNode component) {
        String purl = component.path("purl").asString();
        String classifier = purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]+).*", "$1") : "";
        return component.path("name").asString() + "-"
                + component.path("version").asString() + classifier + ".jar";
    }

    private static List<JsonNode> libraries() {
        return bill.path("components").valueStream().toList();
    }

    private static boolean isLibrary(JarEntry entry) {
        // Spring Boot adds its own tool that extracts the jar.
        return entry.getName().startsWith(LIBRARIES)
                && entry.getName().endsWith(".jar")
                && !entry.getName().contains("/spring-boot-jarmode-tools-");
    }

    private static String sha256(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asString().equals("SHA-256")) {
                return hash.path("content").asString();
            }
        }
        return "";
    }

    private static String sha256(JarEntry entry) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream bytes = new DigestInputStream(jar.getInputStream(entry), digest)) {
                bytes.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
