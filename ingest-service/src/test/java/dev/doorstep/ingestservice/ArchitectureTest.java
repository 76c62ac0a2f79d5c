package dev.doorstep.ingestservice;

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
    static final ArchRule DOCUMENTS_ARE_TAKEN_WITHOUT_DYNAMODB = noClasses().that()
            .resideInAnyPackage("dev.doorstep.ingestservice.intake..", "dev.doorstep.ingestservice.http..",
                    "dev.doorstep.ingestservice.file..")
            .should().dependOnClassesThat().resideInAnyPackage("dev.doorstep.forecasting..", "software.amazon..");
}
