package io.evenkeel.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CliArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.evenkeel.cli");

    @Test
    void dependsOnlyOnTrialToolsClientEngineAndCore() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel..")
                        .and(resideOutsideOfPackages(
                                "io.evenkeel.cli..",
                                "io.evenkeel.trial..",
                                "io.evenkeel.tools..",
                                "io.evenkeel.client..",
                                "io.evenkeel.engine..",
                                "io.evenkeel.core..")))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.evenkeel.cli.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
