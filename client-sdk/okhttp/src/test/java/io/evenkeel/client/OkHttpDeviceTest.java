package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.okhttp.OkHttpTransport;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;

/** Tests a complete device over OkHttp and real sockets. */
class OkHttpDeviceTest {

    @Test
    void sendsTheSameMessagesAsOverTheJdksTransport() throws Exception {
        TestCoordinator overOkHttp = coordinator();
        TestCoordinator overJdk = coordinator();
        try (TestServer one = new TestServer(overOkHttp);
                TestServer other = new TestServer(overJdk)) {
            ClientBuilder device = device(one).transport(OkHttpTransport.create());
            assertThat(TestClients.train(device)).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 12, 0));
            assertThat(TestClients.train(device(other)).accepted()).isEqualTo(12);
        }
        assertThat(overOkHttp.x()).isEqualTo(overJdk.x());
    }

    private static TestCoordinator coordinator() {
        return new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);
    }

    private static ClientBuilder device(TestServer server) {
        return EvenkeelClient.builder(server.endpoint())
                .run(RUN)
                .enrolmentToken("evk_enrol_test")
                .memoryState()
                .time(new FakeTime());
    }
}
