package dev.doorstep.modeltraining;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.modeltraining.evaluation.Sentence;
import dev.doorstep.modeltraining.evaluation.Truths;
import dev.doorstep.modeltraining.orders.UnusedRows;
import dev.doorstep.modeltraining.report.Report;
import dev.doorstep.modeltraining.training.GivenModel;
import dev.doorstep.modeltraining.training.Importances;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.training.Input;
import dev.doorstep.modeltraining.training.Origins;
import dev.doorstep.modeltraining.training.Progress;
import dev.doorstep.modeltraining.training.Trained;
import dev.doorstep.modeltraining.training.Trainer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the verbs that make a bundle have in common: orders in, a bundle with its report out. */
abstract class MakingVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final OrdersInput input = new OrdersInput();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the bundle and its report")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N")
    private long seed;

    @Option(names = "--threads", defaultValue = "2", paramLabel = "N", description = "of the training; part of what the bundle depends on")
    private int threads;

    @Option(names = "--policy", paramLabel = "F", description = "calendars and cut-offs of the origins and services it names, or 'default'")
    private @Nullable Path policy;

    @Option(names = "--truth", paramLabel = "F", description = "true distributions, as generate writes them")
    private @Nullable Path truth;

    @Option(names = "--name", defaultValue = "doorstep", description = "of the model")
    private String name;

    @Option(names = "--model-version", defaultValue = "1.0.0", description = "semantic version of the model")
    private String version;

    /** The forest where it was grown elsewhere, else null. */
    @Nullable
    GivenModel given() {
        return null;
    }

    /** Makes what belongs to the bundle and is no part of it; nothing by default. */
    void made(Trainer trainer, Path bundle, Progress progress) throws IOException {}

    @Override
    public Integer call() throws Exception {
        OrdersInput.requireThreads(spec.commandLine(), threads);
        GivenModel given = given();
        Progress progress = new Progress(System.err, Clock.systemUTC());
        progress.next("reading " + input.orders(), 0.04);
        OrdersInput.Read read = input.read();
        OrdersFile file = read.file();
        Map<String, String> sources = new HashMap<>();
        sources.put("ordersSha256", sha256(input.orders()));
        sources.put("mappingSha256", sha256(input.mapping()));
        LoadedPolicy calendars = policy == null ? null : readPolicy(policy, read.places());
        if (calendars != null) {
            sources.put("policySha256", calendars.digest());
        }
        Trainer trainer = new Trainer(
                new Input(file, read.mapping(), read.places(), calendars == null ? null : calendars.policy(), seed, threads, name, version,
                        sources, given),
                Origins.of(file), progress);
        Path folder = Shell.path(out);
        Trained trained = trainer.train(folder, truth == null ? Truths.none() : Truths.read(Shell.path(truth)));
        made(trainer, folder, progress);
        writeReport(folder, file, trained);
        progress.done();
        PrintWriter console = spec.commandLine().getOut();
        console.println("bundle " + trained.manifest().digest() + " in " + out + ", report in " + out.resolve("report.html"));
        console.println(Sentence.of(trained.evaluation().result()));
        return 0;
    }

    private static LoadedPolicy readPolicy(Path file, Places places) {
        PolicyReader reader = new PolicyReader(places);
        if (file.toString().equals("default")) {
            return reader.readDefault();
        }
        try (InputStream in = Files.newInputStream(Shell.path(file))) {
            return reader.read(in);
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "--policy", "--policy can't be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "--policy", String.valueOf(e.getMessage()), e);
        }
    }

    private static void writeReport(Path folder, OrdersFile file, Trained trained) throws IOException {
        Map<String, Long> unused = new TreeMap<>();
        OrdersFile.counts(file.unused()).forEach((reason, count) -> unused.put(reason.name(), count));
        Map<String, String> about = new LinkedHashMap<>();
        about.put("Model", trained.manifest().name() + " " + trained.manifest().version());
        about.put("Bundle", trained.manifest().digest());
        about.put("Forward test", trained.test());
        about.putAll(trained.manifest().training());
        file.notes().forEach((what, count) -> about.put(what, count + " values passed over"));
        Files.writeString(folder.resolve("unused-rows.csv"), UnusedRows.csv(file.unused()));
        Files.writeString(folder.resolve("report.html"), Report.html(trained.evaluation(), about, unused,
                Importances.of(Files.readString(folder.resolve(Bundle.MODEL)))));
    }

    private static String sha256(Path file) throws IOException {
        return ContentHash.ofBytes(Files.readAllBytes(file));
    }
}
