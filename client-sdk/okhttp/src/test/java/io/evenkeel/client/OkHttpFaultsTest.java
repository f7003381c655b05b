package io.evenkeel.client;

import io.evenkeel.client.okhttp.OkHttpTransport;

class OkHttpFaultsTest extends FaultsContract {

    @Override
    ClientBuilder withTransport(ClientBuilder settings) {
        return settings.transport(OkHttpTransport.create());
    }
}
