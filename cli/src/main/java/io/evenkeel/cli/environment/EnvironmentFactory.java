package io.evenkeel.cli.environment;

import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Creates commands and mixins, and passes the environment to the constructors that take it. */
public final class EnvironmentFactory implements IFactory {

    private final CliEnvironment environment;
    private final IFactory usual = CommandLine.defaultFactory();

    /** Creates a factory for a process or a test. */
    public EnvironmentFactory(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            if (parameters.length == 1 && parameters[0] == CliEnvironment.class) {
                constructor.setAccessible(true);
                return type.cast(constructor.newInstance(environment));
            }
        }
        return usual.create(type);
    }
}
