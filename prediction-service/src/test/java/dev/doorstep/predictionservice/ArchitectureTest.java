package dev.doorstep.predictionservice;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.doorstep", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.doorstep.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule MODEL_KNOWS_NO_FRAMEWORK = noClasses().that().resideInAPackage("dev.doorstep.commonmodel..").should()
            .dependOnClassesThat().resideInAnyPackage("org.springframework..", "software.amazon..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule STORE_KNOWS_NO_SPRING = noClasses().that().resideInAPackage("dev.doorstep.featurestore..").should()
            .dependOnClassesThat().resideInAnyPackage("org.springframework..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule FORECASTING_KNOWS_NO_FRAMEWORK = noClasses().that().resideInAPackage("dev.doorstep.forecasting..").should()
            .dependOnClassesThat().resideInAnyPackage("org.springframework..", "software.amazon..", "org.apache.kafka..",
                    "dev.doorstep.featurestore..");

    /** {@link Math} may differ in the last bit from one CPU to the next in these, and a promise must be the same on all. */
    @ArchTest
    static final ArchRule FORECASTS_ARE_THE_SAME_ON_EVERY_CPU = noClasses()
            .that().resideInAnyPackage("dev.doorstep.forecasting..", "dev.doorstep.commonmodel..").should()
            .accessTargetWhere(target(owner(type(Math.class))).and(target(nameMatching(
                    "sin|cos|tan|asin|acos|atan|atan2|exp|expm1|log|log10|log1p|pow|cbrt|hypot|sinh|cosh|tanh"))));
}
