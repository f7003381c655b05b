package io.evenkeel.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.hibernate.TransactionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.orm.jpa.JpaSystemException;

class StorageTroubleTest {

    @Test
    void isAConnectionThatBrokeBeforeItsTransactionCouldBeRolledBack() {
        SQLException closed = new SQLException("Connection is closed");
        assertThat(StorageTrouble.isIn(new JpaSystemException(
                        new TransactionException("Unable to rollback against JDBC Connection", closed))))
                .isTrue();
    }

    @Test
    void isADatabaseThatShutsDown() {
        assertThat(StorageTrouble.isIn(new IllegalStateException(new SQLException("terminating connection", "57P01"))))
                .isTrue();
    }

    @Test
    void isNotAMistakeInWhatWasAskedOfIt() {
        assertThat(StorageTrouble.isIn(new DataIntegrityViolationException(
                        "duplicate key", new SQLException("duplicate key", "23505"))))
                .isFalse();
    }
}
