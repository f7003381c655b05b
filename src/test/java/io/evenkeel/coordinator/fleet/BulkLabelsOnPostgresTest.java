package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.springframework.beans.factory.annotation.Autowired;

@OnPostgres
class BulkLabelsOnPostgresTest extends BulkLabelsTest {

    @Autowired
    BulkLabelsOnPostgresTest(Api api) {
        super(api);
    }
}
