package io.evenkeel.coordinator.world;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Forwards a coordinator's statements until its connection breaks or its process is killed at a change. A change is a
 * statement that writes, or the commit of such statements. An interrupted transaction is rolled back. The response to a
 * commit may be lost, so that the coordinator does not know the outcome. Thread-safe.
 */
final class UnreliableDatabase implements BeanPostProcessor {

    private int changesLeft = Integer.MAX_VALUE;
    private boolean losesAnswer;
    private boolean kills;
    private boolean isKilled;
    private boolean isCutOff;
    private boolean hasFailed;

    /**
     * Makes the connection break at a change.
     *
     * @param change the number of the change, 1 for the next
     * @param answerLost whether a commit takes effect before the connection breaks
     * @param killed whether the process is killed as well
     */
    synchronized void failAt(int change, boolean answerLost, boolean killed) {
        changesLeft = change;
        losesAnswer = answerLost;
        kills = killed;
        hasFailed = false;
    }

    /** Lets all later changes succeed. */
    synchronized void heal() {
        changesLeft = Integer.MAX_VALUE;
        hasFailed = false;
    }

    /** Returns whether the connection broke since {@link #failAt}, or the process is dead or cut off. */
    synchronized boolean hasFailed() {
        return hasFailed || isUnreachable();
    }

    /** Ends the coordinator's process: its later statements do not reach the database. */
    synchronized void kill() {
        isKilled = true;
    }

    synchronized boolean isKilled() {
        return isKilled;
    }

    /** Disconnects the coordinator from its database without changing its memory, or reconnects it. */
    synchronized void cutOff(boolean cut) {
        isCutOff = cut;
    }

    synchronized boolean isCutOff() {
        return isCutOff;
    }

    private synchronized boolean isUnreachable() {
        return isKilled || isCutOff;
    }

    /** Returns whether a change is the one at which the connection breaks. */
    private synchronized boolean breaksNow() {
        boolean breaks = --changesLeft == 0;
        if (breaks) {
            changesLeft = Integer.MAX_VALUE;
            hasFailed = true;
            isKilled |= kills;
        }
        return breaks;
    }

    private synchronized boolean losesAnswer() {
        return losesAnswer;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof HikariDataSource pool ? new Connections(pool) : bean;
    }

    private static SQLException broken() {
        return new SQLException("the connection broke", "08006");
    }

    /** Provides connections that may break. */
    private final class Connections extends DelegatingDataSource {

        Connections(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (isUnreachable()) {
                throw broken();
            }
            Connection real = super.getConnection();
            return proxy(Connection.class, new Link(real)::call);
        }
    }

    /** A method call. */
    @FunctionalInterface
    private interface Call {

        @Nullable
        Object on(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getDeclaringClass() == Object.class
                        ? method.invoke(call, arguments)
                        : call.on(method, arguments)));
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    /** One connection. */
    private final class Link {

        private final Connection real;
        private boolean isBroken;
        private boolean hasChanges;

        Link(Connection real) {
            this.real = real;
        }

        @Nullable
        Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            String name = method.getName();
            if (name.equals("close") || name.equals("isClosed")) {
                cutIfUnreachable();
                return invoke(real, method, arguments);
            }
            cutIfUnreachable();
            if (isBroken) {
                if (name.equals("rollback") || name.equals("setAutoCommit")) {
                    return invoke(real, method, arguments);
                }
                throw broken();
            }
            if (name.equals("commit") && hasChanges) {
                hasChanges = false;
                if (breaksNow()) {
                    if (losesAnswer()) {
                        Object unused = invoke(real, method, arguments);
                    }
                    cut();
                    throw broken();
                }
            }
            Object result = invoke(real, method, arguments);
            if (result instanceof PreparedStatement statement && arguments != null) {
                return proxy(PreparedStatement.class, new Order(statement, writes((String) arguments[0]))::call);
            }
            return result instanceof Statement statement
                    ? proxy(Statement.class, new Order(statement, true)::call)
                    : result;
        }

        private void cutIfUnreachable() throws SQLException {
            if (!isBroken && isUnreachable()) {
                cut();
            }
        }

        private void cut() throws SQLException {
            isBroken = true;
            if (!real.getAutoCommit()) {
                real.rollback();
            }
        }

        private static boolean writes(String sql) {
            String verb = sql.strip().toUpperCase(Locale.ROOT);
            return !verb.startsWith("SELECT") && !verb.startsWith("WITH");
        }

        /** One statement. */
        private final class Order {

            private final Statement real;
            private final boolean writes;

            Order(Statement real, boolean writes) {
                this.real = real;
                this.writes = writes;
            }

            @Nullable
            Object call(Method method, Object @Nullable [] arguments) throws Throwable {
                if (method.getName().startsWith("execute")) {
                    cutIfUnreachable();
                    hasChanges |= writes;
                    if (!isBroken && writes && breaksNow()) {
                        cut();
                    }
                    if (isBroken) {
                        throw broken();
                    }
                }
                return invoke(real, method, arguments);
            }
        }
    }
}
