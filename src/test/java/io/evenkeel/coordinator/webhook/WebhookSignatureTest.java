package io.evenkeel.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {

    /** Tests the example that the Standard Webhooks libraries use in their own tests. */
    @Test
    void signsAsOthersVerify() {
        assertThat(WebhookSignature.of(
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330,
                        "{\"test\": 2432232314}"))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void makesSecretsOf32RandomBytes() {
        String secret = WebhookSignature.newSecret();
        assertThat(Base64.getDecoder().decode(secret.substring(WebhookSignature.PREFIX.length())))
                .hasSize(32);
        assertThat(secret).startsWith("whsec_").isNotEqualTo(WebhookSignature.newSecret());
    }
}
