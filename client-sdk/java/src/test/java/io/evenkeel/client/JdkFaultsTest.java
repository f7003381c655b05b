package io.evenkeel.client;

class JdkFaultsTest extends FaultsContract {

    @Override
    ClientBuilder withTransport(ClientBuilder settings) {
        return settings;
    }
}
