package io.evenkeel.core.secagg;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Creates and reads key files for the tests of other SDKs. */
public final class KeyTexts {

    private KeyTexts() {}

    /**
     * {@code keys}: the files of a new owner and of one of its devices. {@code keys OWNER DEVICE}: the two files after
     * parsing and rewriting. All files are in Base64.
     *
     * @throws IllegalArgumentException if a file is damaged
     */
    public static String answer(String[] words) {
        OwnerKey owner = words.length > 1 ? OwnerKey.parse(text(words[1])) : OwnerKey.generate();
        DeviceIdentity device = words.length > 2 ? DeviceIdentity.parse(text(words[2])) : owner.issue();
        return base64(owner.text()) + " " + base64(device.text());
    }

    private static String text(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
