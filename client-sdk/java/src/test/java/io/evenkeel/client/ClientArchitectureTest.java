package io.evenkeel.client;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClientArchitectureTest {

    private static final String CLIENT = "io.evenkeel.client";
    private static final String INTERNAL = CLIENT + ".internal";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(CLIENT);

    @Test
    void theApiIsOnePackageAndTheRestIsInternal() {
        classes()
                .that()
                .arePublic()
                .should()
                .resideInAnyPackage(CLIENT, INTERNAL + "..")
                .check(CLASSES);
    }

    @Test
    void noPublicMethodOfTheApiHasAnInternalType() {
        List<String> leaks = CLASSES.stream()
                .filter(type -> type.getPackageName().equals(CLIENT))
                .filter(type -> type.getModifiers().contains(PUBLIC))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(PUBLIC)
                        || unit.getModifiers().contains(PROTECTED))
                .filter(unit ->
                        types(unit).anyMatch(type -> type.getPackageName().startsWith(INTERNAL)))
                .map(JavaCodeUnit::getFullName)
                .toList();
        assertThat(leaks).isEmpty();
    }

    private static Stream<JavaClass> types(JavaCodeUnit unit) {
        return Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream());
    }

    @Test
    void dependsOnlyOnCoreAndTheJsonParser() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        CLIENT + "..",
                        "io.evenkeel.core..",
                        "com.grack.nanojson..",
                        "java..",
                        "javax.net.ssl..",
                        "org.jspecify.annotations..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(INTERNAL + ".json")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.grack.nanojson..")
                .check(CLASSES);
    }

    @Test
    void onlyTheJdkTransportUsesTheJdksHttpClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage(INTERNAL + ".jdk")
                .and()
                .doNotHaveSimpleName("JdkTransport")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .check(CLASSES);
    }

    /** Only the entry points of the API use internal classes; internal classes do not depend on them. */
    @Test
    void apiClassesThatUseInternalOnesAreUnknownToThem() {
        Set<JavaClass> entryPoints = CLASSES.stream()
                .filter(type -> type.getPackageName().equals(CLIENT))
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(use -> use.getTargetClass().getPackageName().startsWith(INTERNAL)))
                .map(ClientArchitectureTest::outermost)
                .collect(Collectors.toSet());
        noClasses()
                .that()
                .resideInAPackage(INTERNAL + "..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are API classes that use internal classes", type -> entryPoints.contains(outermost(type))))
                .check(CLASSES);
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ClientArchitectureTest::outermost).orElse(type);
    }

    @Test
    void internalPackagesHaveNoCycles() {
        slices().matching(INTERNAL + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
