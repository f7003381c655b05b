package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTest {

    private static final CohortContext CONTEXT = new CohortContext("digits", 7, 1, SomeBasis.from(0));
    private static final OwnerKey OWNER = OwnerKey.generate();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static SignedAdvertisement signed(DeviceIdentity identity, int member) {
        return identity.sign(new SecAggDevice(CONTEXT, member, new SecureRandom()).advertisement(), CONTEXT);
    }

    /** RFC 8032, section 7.1, test 2. */
    @Test
    void signsAsRfc8032Does() {
        byte[] seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        byte[] key = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        assertThat(Ed25519.sign(seed, new byte[] {0x72})).isEqualTo(signature);
        assertThat(Ed25519.verify(key, new byte[] {0x72}, signature)).isTrue();
        assertThat(Ed25519.verify(key, new byte[] {0x73}, signature)).isFalse();
    }

    @Test
    void rejectsInvalidKeysAndSignatures() {
        byte[] noPoint = new byte[32];
        noPoint[0] = 2;
        assertThat(Ed25519.verify(noPoint, new byte[1], new byte[64])).isFalse();
        assertThat(Ed25519.verify(OWNER.publicKey(), new byte[1], new byte[64])).isFalse();
        assertThat(Ed25519.verify(OWNER.publicKey(), new byte[1], hex("ff".repeat(64))))
                .isFalse();
    }

    @Test
    void readsTheFilesItWrites() {
        DeviceIdentity identity = OWNER.issue();
        DeviceIdentity read = DeviceIdentity.parse(identity.text());

        assertThat(read.text()).isEqualTo(identity.text());
        assertThat(OwnerKey.parse(OWNER.text()).text()).isEqualTo(OWNER.text());
        assertThat(read.owner()).isEqualTo(OWNER.publicKey());
        assertThatCode(() -> signed(read, 3).verify(CONTEXT, List.of(OWNER.publicKey())))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesDamagedFilesWithoutShowingKeys() {
        String text = OWNER.issue().text();
        String secret = text.lines()
                .filter(line -> line.startsWith("private"))
                .findFirst()
                .orElseThrow()
                .substring(9);
        String other = OwnerKey.generate().issue().text();
        List<String> damaged = List.of(
                "",
                text + "private: " + secret,
                text.replace("owner:", "boss:"),
                text.replace(secret, secret.substring(4)),
                text.replace(secret, "!" + secret.substring(1)),
                swapped(text, other, "private"),
                swapped(text, other, "certificate"),
                swapped(text, other, "owner"));
        for (String one : damaged) {
            assertThatIllegalArgumentException()
                    .as(one)
                    .isThrownBy(() -> DeviceIdentity.parse(one))
                    .withMessageContaining("the identity file")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret.substring(8)));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnerKey.parse(text))
                .withMessageContaining("line 4 of the owner file has an unknown name, expected one line each of"
                        + " [private, public]");
    }

    private static String swapped(String text, String other, String name) {
        return text.replaceAll("(?m)^" + name + ": .*$", line(other, name));
    }

    private static String line(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void doesNotPrintPrivateKeys() {
        DeviceIdentity identity = OWNER.issue();
        assertThat(identity.toString())
                .doesNotContain(line(identity.text(), "private").substring(9));
        assertThat(OWNER.toString())
                .doesNotContain(line(OWNER.text(), "private").substring(9));
    }

    @Test
    void verifiesOwnerCertificateAndSignature() throws SecAggException {
        DeviceIdentity identity = OWNER.issue();
        SignedAdvertisement good = signed(identity, 3);
        OwnerKey stranger = OwnerKey.generate();
        byte[] strangers = stranger.publicKey();
        good.verify(CONTEXT, List.of(strangers, OWNER.publicKey()));

        assertThatThrownBy(() -> good.verify(CONTEXT, List.of(strangers)))
                .hasMessage("the owner of member 3 is not accepted, expected 1 known owner");
        SignedAdvertisement forged = new SignedAdvertisement(
                good.advertisement(),
                good.identity(),
                stranger.certify(good.identity()),
                good.owner(),
                good.basis(),
                good.signature());
        assertThatThrownBy(() -> forged.verify(CONTEXT, List.of(OWNER.publicKey())))
                .hasMessage("the certificate of member 3 is not its owner's for this identity");
        SignedAdvertisement replaced = new SignedAdvertisement(
                signed(OWNER.issue(), 3).advertisement(),
                good.identity(),
                good.certificate(),
                good.owner(),
                good.basis(),
                good.signature());
        assertThatThrownBy(() -> replaced.verify(CONTEXT, List.of(OWNER.publicKey())))
                .isInstanceOf(SecAggException.class)
                .hasMessage("the signature of member 3 is not its identity's for these keys in run 'digits', round 7,"
                        + " attempt 1");
        assertThatThrownBy(() ->
                        good.verify(new CohortContext("digits", 7, 2, SomeBasis.from(0)), List.of(OWNER.publicKey())))
                .as("the keys of another attempt")
                .isInstanceOf(SecAggException.class);
    }

    @Test
    void acceptsKeysForItsOwnModelAndPlanOnly() {
        SignedAdvertisement good = signed(OWNER.issue(), 3);
        CohortContext other = new CohortContext("digits", 7, 1, SomeBasis.from(1));
        assertThatThrownBy(() -> good.verify(other, List.of(OWNER.publicKey())))
                .isInstanceOf(SecAggException.class)
                .hasMessage("the keys of member 3 are for another model or plan, with digest 0001020304050607, expected"
                        + " 0102030405060708: with different ones a sum could be the message of one device");
        SignedAdvertisement renamed = new SignedAdvertisement(
                good.advertisement(),
                good.identity(),
                good.certificate(),
                good.owner(),
                other.basis(),
                good.signature());
        assertThatThrownBy(() -> renamed.verify(other, List.of(OWNER.publicKey())))
                .isInstanceOf(SecAggException.class)
                .hasMessageContaining("the signature of member 3 is not its identity's");
    }
}
