package io.evenkeel.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CoreArchitectureTest {

    private static final String CORE = "io.evenkeel.core";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(CORE);

    @Test
    void coreDependsOnTheJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(CORE + "..", "java..", "javax.crypto..", "org.jspecify.annotations..")
                .check(CLASSES);
    }

    @Test
    void vectorsDependOnNoPackageAndCompressorsOnVectorsAndTheCatalogueOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(CORE + "..")
                .layer("catalogue")
                .definedBy(CORE + ".catalogue..")
                .layer("vector")
                .definedBy(CORE + ".vector..")
                .layer("compress")
                .definedBy(CORE + ".compress..")
                .optionalLayer("method")
                .definedBy(
                        CORE + ".feedback..",
                        CORE + ".sampling..",
                        CORE + ".step..",
                        CORE + ".privacy..",
                        CORE + ".secagg..",
                        CORE + ".algorithm..",
                        CORE + ".downlink..",
                        CORE + ".robust..",
                        CORE + ".frame..",
                        CORE + ".wire..",
                        CORE + ".heap..",
                        CORE + ".smoothness..")
                .whereLayer("catalogue")
                .mayNotAccessAnyLayer()
                .whereLayer("vector")
                .mayNotAccessAnyLayer()
                .whereLayer("compress")
                .mayOnlyAccessLayers("catalogue", "vector")
                .whereLayer("method")
                .mayOnlyAccessLayers("catalogue", "vector", "compress")
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(CORE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
