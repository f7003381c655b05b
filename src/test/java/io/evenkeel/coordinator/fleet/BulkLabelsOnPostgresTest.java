package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.springframework.beans.factory.annotation.Autowired;

@Tag("full")
@OnPostgres
class BulkLabelsOnPostgresTest extends BulkLabelsTest {

    @Autowired
    BulkLabelsOnPostgresTest(Api api) {
        super(api);
    }
}
