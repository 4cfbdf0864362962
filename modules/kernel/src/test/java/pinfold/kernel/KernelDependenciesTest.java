package pinfold.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "pinfold.kernel", importOptions = ImportOption.DoNotIncludeTests.class)
class KernelDependenciesTest {
  @ArchTest
  static final ArchRule theModelKnowsNoActorsConfigurationInputOrThreads = noClasses().should().dependOnClassesThat()
      .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "picocli..", "java.io..", "java.nio.file..",
          "java.util.concurrent..")
      .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.Thread")
      .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.Random")
      .because("the same entities run on every host, and under the explorer, with the same result");
}
