package io.evenkeel.coordinator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.OtherSettings;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A CDN downloads files from signed addresses, without credentials. */
@OtherSettings
class SignedAddressTest {

    private static final Pattern LINK = Pattern.compile(
            "<https://cdn\\.example/api/v1(/.*)>; rel=\"duplicate\"; type=\"application/x-safetensors\"");

    @Autowired
    private Api api;

    @Autowired
    private TurnedClock clock;

    private ModelUploads model;
    private Http anybody;

    @BeforeEach
    void upload() {
        model = new ModelUploads(api);
        assertThat(model.upload(1, 2)).isEqualTo(1);
        anybody = new Http(api.endpoint(), "");
    }

    private String address() {
        Matcher link =
                LINK.matcher(model.operator().get(model.path() + "/versions/1").header("Link"));
        assertThat(link.matches()).isTrue();
        return link.group(1);
    }

    @Test
    void everyCacheMayKeepWhatASignedAddressNames() {
        Reply file = anybody.get(address());

        assertThat(file.body()).isEqualTo(ModelUploads.file(1, 2));
        assertThat(file.header("Cache-Control")).contains("public", "immutable", "max-age=");
        assertThat(file.header("Vary")).isEmpty();
        assertThat(file.header("Repr-Digest")).startsWith("sha-256=:");
        assertThat(anybody.get(address(), "Range", "bytes=8-9").status()).isEqualTo(206);
        assertThat(anybody.get(address(), "If-None-Match", file.header("ETag")).status())
                .isEqualTo(304);
    }

    @Test
    void anAddressThatWasNotSignedIsRefused() {
        String address = address();

        assertThat(anybody.get(address.replaceAll("expires=\\d", "expires=9")).problem())
                .isEqualTo("forbidden");
        assertThat(anybody.get(address.replace("/versions/1/", "/versions/2/")).problem())
                .isEqualTo("forbidden");
        assertThat(anybody.get(address.replaceAll("signature=.*", "signature=")).problem())
                .isEqualTo("forbidden");
        assertThat(anybody.get(address.replaceAll("&signature=.*", "")).problem())
                .isEqualTo("malformed");
        assertThat(anybody.get(model.path() + "/versions/1").problem()).isEqualTo("unauthenticated");
    }

    @Test
    void anAddressExpires() {
        String address = address();
        clock.advance(Duration.ofHours(1));
        assertThat(anybody.get(address).status()).isEqualTo(200);

        clock.advance(Duration.ofDays(2));
        assertThat(anybody.get(address).problem()).isEqualTo("forbidden");
        assertThat(anybody.get(address()).status()).isEqualTo(200);
    }
}
