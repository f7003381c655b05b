package io.evenkeel.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TestkitArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.evenkeel.testkit");

    private static final JavaClasses ALL_CLASSES = new ClassFileImporter().importPackages("io.evenkeel.testkit");

    @Test
    void theTestkitDependsOnlyOnToolsTheSimulatedFleetClientEngineAndCore() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel..")
                        .and(resideOutsideOfPackages(
                                "io.evenkeel.testkit..",
                                "io.evenkeel.tools..",
                                "io.evenkeel.trial.fleet..",
                                "io.evenkeel.engine..",
                                "io.evenkeel.client..",
                                "io.evenkeel.core..")))
                .check(CLASSES);
    }

    @Test
    void devicesAreDrivenThroughThePublicApiOfTheSdk() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.evenkeel.client.internal..")
                .check(ALL_CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.evenkeel.testkit.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
