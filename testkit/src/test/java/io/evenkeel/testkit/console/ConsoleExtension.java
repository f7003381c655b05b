package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts one coordinator and one browser for all classes of a JVM, and stops both after the last class. Each test must
 * therefore use its own names. Surefire runs each class as a separate test plan, so the launcher session's store holds
 * the scene. Each test starts signed out, in a light window 1400 pixels wide; after the test, no page may have violated
 * the Content Security Policy.
 */
final class ConsoleExtension implements ParameterResolver, BeforeEachCallback, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(ConsoleExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ConsoleScene.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return scene(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Browser browser = scene(context).browser();
        browser.forget();
        browser.width(1400);
        browser.dark(false);
        browser.errors();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(scene(context).browser().errors()).noneMatch(error -> error.contains("Content Security Policy"));
    }

    /** Returns the scene. The store closes it with the last class. */
    private static ConsoleScene scene(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(ConsoleScene.class, type -> start(), ConsoleScene.class);
    }

    private static ConsoleScene start() {
        try {
            Path folders =
                    Files.createDirectories(Path.of("target", "console-data").toAbsolutePath());
            return new ConsoleScene(Files.createTempDirectory(folders, "scene"));
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the console", e);
        }
    }
}
