package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority made with the JDK's keytool; its PKCS#12 files are in one folder, with the password {@code changeit}. */
public final class CertificateAuthority {

    private final Path folder;

    /** Creates the authority's key, and {@code trusted.p12} with its certificate. */
    public CertificateAuthority(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        keytool("-genkeypair -keyalg EC -alias authority -dname CN=Fleet -ext bc:c -keystore authority.p12");
        keytool("-exportcert -alias authority -file authority.crt -keystore authority.p12");
        keytool("-importcert -noprompt -alias authority -file authority.crt -keystore trusted.p12");
    }

    /** Creates a key and a certificate signed by the authority, in {@code <name>.p12}. */
    public void certify(String name, String subject, String extension) throws IOException, InterruptedException {
        String store = " -keystore " + name + ".p12";
        keytool("-genkeypair -keyalg EC -alias " + name + " -dname " + subject + store);
        keytool("-certreq -alias " + name + " -file " + name + ".csr" + store);
        keytool("-gencert -alias authority -infile " + name + ".csr -outfile " + name + ".crt -ext " + extension
                + " -keystore authority.p12");
        keytool("-importcert -noprompt -alias authority -file authority.crt" + store);
        keytool("-importcert -alias " + name + " -file " + name + ".crt" + store);
    }

    private void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // A process that ends at once.
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
