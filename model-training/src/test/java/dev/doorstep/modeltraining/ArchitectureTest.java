package dev.doorstep.modeltraining;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.doorstep.modeltraining", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.doorstep.modeltraining.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_FRAMEWORK = noClasses().should().dependOnClassesThat().resideInAnyPackage("org.springframework..",
            "software.amazon..");
}
