package io.evenkeel.coordinator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;

class ModuleBoundariesTest {

    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // What Spring's ahead-of-time processing generates has two underscores in its name.
            .withImportOption(location -> !location.contains("__"))
            .importPackages("io.evenkeel.coordinator");

    private static final int MAX_COLLABORATORS = 8;

    /** Collaborators that any class may need and that do not count. */
    private static final List<Class<?>> COMMON = List.of(
            Clock.class, DurableTransactions.class, PlatformTransactionManager.class, ApplicationEventPublisher.class);

    @Test
    void dependsOnNoModuleButEngineAndCoreAndARelayOnTheClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..coordinator.relay..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel..")
                        .and(resideOutsideOfPackages(
                                "io.evenkeel.coordinator..", "io.evenkeel.engine..", "io.evenkeel.core..")))
                .check(CODE);
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel..")
                        .and(resideOutsideOfPackages(
                                "io.evenkeel.coordinator..",
                                "io.evenkeel.engine..",
                                "io.evenkeel.core..",
                                "io.evenkeel.client")))
                .check(CODE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.evenkeel.coordinator.(**)")
                .should()
                .beFreeOfCycles()
                .check(CODE);
    }

    @Test
    void thePlatformDependsOnNoFeature() {
        noClasses()
                .that()
                .resideInAPackage("..coordinator.platform..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.evenkeel.coordinator..")
                        .and(resideOutsideOfPackages("io.evenkeel.coordinator.platform..")))
                .check(CODE);
    }

    @Test
    void problemsDependOnNothingElseOfThePlatform() {
        noClasses()
                .that()
                .resideInAPackage("..coordinator.platform.problem..")
                .should()
                .dependOnClassesThat(DescribedPredicate.<JavaClass>describe(
                        "are of another package of the coordinator",
                        type -> type.getPackageName().startsWith("io.evenkeel.coordinator")
                                && !type.getPackageName().endsWith(".platform.problem")))
                .check(CODE);
    }

    @Test
    void dependenciesAreInjectedThroughConstructors() {
        NO_CLASSES_SHOULD_USE_FIELD_INJECTION.check(CODE);
    }

    @Test
    void onlyTheSecretPrinterWritesToTheConsole() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CODE.that(DescribedPredicate.describe(
                "are not the secret printer", type -> !type.getSimpleName().equals("ConsoleSecretPrinter"))));
    }

    @Test
    void constructorsHaveFewCollaborators() {
        Map<String, Integer> many = new TreeMap<>();
        CODE.stream()
                .filter(type -> type.isMetaAnnotatedWith(Component.class))
                .flatMap(type -> type.getConstructors().stream())
                .forEach(constructor -> {
                    int count = (int) constructor.getRawParameterTypes().stream()
                            .filter(type -> COMMON.stream().noneMatch(type::isEquivalentTo))
                            .count();
                    if (count > MAX_COLLABORATORS) {
                        many.merge(constructor.getOwner().getSimpleName(), count, Math::max);
                    }
                });
        assertThat(many).as("group what belongs together").isEmpty();
    }

    @Test
    void timeComesFromTheClock() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(CoordinatorApplication.class.getName())
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .check(CODE);
    }

    @Test
    void transactionsAreStartedInCodeNotByAnnotation() {
        noMethods().should().beAnnotatedWith(Transactional.class).check(CODE);
        noClasses().should().beAnnotatedWith(Transactional.class).check(CODE);
    }
}
