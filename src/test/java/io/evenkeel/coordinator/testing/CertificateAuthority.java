package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate authority made with the JDK's keytool; its PKCS#12 files are in one folder, with the password
 * {@code changeit}.
 */
public final class CertificateAuthority {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String NAME = "authority";

    private final Path folder;

    /** Creates the authority's key, and {@code trusted.p12} with its certificate. */
    public CertificateAuthority(Path folder) throws GeneralSecurityException, IOException, InterruptedException {
        this.folder = folder;
        keytool("-genkeypair -keyalg EC -alias authority -dname CN=Fleet -ext bc:c -keystore authority.p12");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry(NAME, load(NAME).getCertificate(NAME));
        store(trusted, "trusted");
    }

    /** Creates a key and a certificate signed by the authority, in {@code <name>.p12}. */
    public void certify(String name, String subject, String extension)
            throws GeneralSecurityException, IOException, InterruptedException {
        Files.copy(file(NAME), file(name));
        keytool("-genkeypair -keyalg EC -signer authority -alias " + name + " -dname " + subject + " -ext " + extension
                + " -keystore " + name + ".p12");
        KeyStore store = load(name);
        store.deleteEntry(NAME);
        store(store, name);
    }

    private Path file(String name) {
        return folder.resolve(name + ".p12");
    }

    private KeyStore load(String name) throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(file(name).toFile(), PASSWORD);
    }

    private void store(KeyStore store, String name) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file(name))) {
            store.store(out, PASSWORD);
        }
    }

    private void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // These options suit a short-lived process.
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of((arguments + " -storepass changeit -storetype PKCS12").split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(arguments + ": " + output);
        }
    }
}
