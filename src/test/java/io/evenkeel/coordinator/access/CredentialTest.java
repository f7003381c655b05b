package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CredentialTest {

    @Test
    void tokensIdentifyTheirKind() {
        assertThat(Credential.newOperatorToken()).matches("evk_op_[A-Za-z0-9_-]{43}");
        assertThat(Credential.newEnrolmentToken()).matches("evk_enrol_[A-Za-z0-9_-]{43}");
        assertThat(Credential.newDeviceToken("0123456789ab")).matches("evk_dev_0123456789ab_[A-Za-z0-9_-]{43}");
    }

    @Test
    void aDevicesTokenNamesItsClient() {
        String client = Credential.newId();
        assertThat(client).matches("[0-9a-z]{12}");
        assertThat(Credential.clientOf(Credential.newDeviceToken(client))).contains(client);
        assertThat(Credential.clientOf(Credential.newDeviceToken(client) + "x")).isEmpty();
        assertThat(Credential.clientOf(Credential.newOperatorToken())).isEmpty();
    }

    @Test
    void theHashIsSha256() {
        assertThat(Credential.hash("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Credential.matches("abc", Credential.hash("abc"))).isTrue();
        assertThat(Credential.matches("abd", Credential.hash("abc"))).isFalse();
    }
}
