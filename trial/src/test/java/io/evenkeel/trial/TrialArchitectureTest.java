package io.evenkeel.trial;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TrialArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.evenkeel.trial");

    @Test
    void trialsKnowToolsClientEngineAndCoreAndNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel..")
                        .and(resideOutsideOfPackages(
                                "io.evenkeel.trial..",
                                "io.evenkeel.tools..",
                                "io.evenkeel.client..",
                                "io.evenkeel.engine..",
                                "io.evenkeel.core..")))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.evenkeel.trial.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
