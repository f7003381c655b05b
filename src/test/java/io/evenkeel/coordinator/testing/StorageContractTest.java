package io.evenkeel.coordinator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class StorageContractTest {

    @Test
    void refusesWhatTheCoordinatorPreparesOnH2AndPostgresDoesNotAccept() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl("jdbc:h2:mem:contract");
            JdbcTemplate jdbc = new JdbcTemplate(
                    (DataSource) new StorageContract().postProcessAfterInitialization(pool, "dataSource"));
            jdbc.execute("CREATE TABLE only_here (id INT)");
            ExportedTable table = ExportedTable.withoutKey(
                    "only_here", "FROM only_here t WHERE t.id = ?", ExportedColumn.whole("id"));

            assertThatThrownBy(() -> table.insert(jdbc, List.of(new ExportedRow(table, new Object[] {1L}))))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("PostgreSQL refuses INSERT")
                    .hasStackTraceContaining("\"only_here\" does not exist");
            assertThat(jdbc.queryForList("SELECT t.id FROM only_here t WHERE t.id > ?", 1))
                    .as("statements that a test prepares itself")
                    .isEmpty();
        }
    }
}
