package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.hibernate.TransactionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.orm.jpa.JpaSystemException;

class DatabaseFailuresTest {

    @Test
    void isAConnectionThatBrokeBeforeItsTransactionCouldBeRolledBack() {
        SQLException closed = new SQLException("Connection is closed");
        assertThat(DatabaseFailures.isIn(new JpaSystemException(
                        new TransactionException("Unable to rollback against JDBC Connection", closed))))
                .isTrue();
    }

    @Test
    void isADatabaseThatShutsDown() {
        assertThat(DatabaseFailures.isIn(
                        new IllegalStateException(new SQLException("terminating connection", "57P01"))))
                .isTrue();
    }

    @Test
    void isAPrimaryServerThatBecameAStandby() {
        assertThat(DatabaseFailures.isIn(new IllegalStateException(
                        new SQLException("cannot execute INSERT in a read-only transaction", "25006"))))
                .isTrue();
    }

    @Test
    void isNotAnInvalidStatement() {
        assertThat(DatabaseFailures.isIn(new DataIntegrityViolationException(
                        "duplicate key", new SQLException("duplicate key", "23505"))))
                .isFalse();
    }
}
