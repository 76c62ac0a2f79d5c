package dev.doorstep.modeltraining;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.modeltraining.evaluation.BundleEvaluator;
import dev.doorstep.modeltraining.evaluation.Evaluation;
import dev.doorstep.modeltraining.evaluation.Sentence;
import dev.doorstep.modeltraining.evaluation.Truths;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a bundle on orders, with what it is measured against beside it. */
@Command(name = "evaluate", description = "measures a bundle on the delivered orders of a file")
final class EvaluateVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", required = true, paramLabel = "DIR")
    private Path bundle;

    @Mixin
    private final OrdersInput input = new OrdersInput();

    @Option(names = "--truth", paramLabel = "F", description = "true distributions, as generate writes them")
    private @Nullable Path truth;

    @Option(names = "--json", description = "print all metrics as JSON")
    private boolean json;

    @Override
    public Integer call() {
        OrdersInput.Read read = input.read();
        Evaluation.Result result = BundleEvaluator.evaluate(Bundle.read(Shell.path(bundle)), read.file(), read.mapping(),
                read.places(),
                truth == null ? Truths.none() : Truths.read(Shell.path(truth))).result();
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? new String(Bundle.toJson(result), StandardCharsets.UTF_8).strip() : Sentence.of(result));
        return 0;
    }
}
