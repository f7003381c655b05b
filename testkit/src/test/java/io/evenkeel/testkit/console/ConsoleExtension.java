package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts one coordinator with a browser for all tests of a class, and stops both after the last one. Each test finds the browser
 * signed out, in a light window 1400 pixels wide; after it, no page may have broken the Content Security Policy.
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

    /** Returns the class's scene. The store closes it with the class. */
    private static ConsoleScene scene(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        ExtensionContext ofClass = context;
        while (ofClass.getTestMethod().isPresent()) {
            ofClass = ofClass.getParent().orElseThrow();
        }
        return ofClass.getStore(NAMESPACE).computeIfAbsent(test, ConsoleExtension::start, ConsoleScene.class);
    }

    private static ConsoleScene start(Class<?> test) {
        try {
            Path folders =
                    Files.createDirectories(Path.of("target", "console-data").toAbsolutePath());
            return new ConsoleScene(Files.createTempDirectory(folders, test.getSimpleName()));
        } catch (Exception e) {
            throw new IllegalStateException("cannot start the console", e);
        }
    }
}
