package tandem.tools.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.data.DataException;
import tandem.model.data.PixelLimit;
import tandem.model.inference.NonFiniteOutputException;
import tandem.model.monitor.InspectorMetrics;

/**
 * What the server responds to: the page and its files, {@code /api/network}, {@code /api/state?after=NUMBER},
 * {@code /api/frames/NUMBER}, {@code /frames/NUMBER/image.jpg} and {@code mask.png}, {@code /metrics} for Prometheus,
 * and {@code POST /api/inspect?name=NAME} with the bytes of an image file.
 */
final class Routes {

    /** Path of uploads. */
    static final String INSPECT = "/api/inspect";

    private static final Map<String, Reply> FILES = Map.of(
            "/", file("page.html", "text/html; charset=utf-8"),
            "/page.css", file("page.css", "text/css; charset=utf-8"),
            "/page.js", file("page.js", "text/javascript; charset=utf-8"),
            "/icon.svg", file("icon.svg", "image/svg+xml"));

    private static final Pattern FRAME = Pattern.compile("/(api/)?frames/(\\d{1,9})(/image\\.jpg|/mask\\.png)?");
    private static final Pattern UNUSUAL = Pattern.compile("[^\\p{L}\\p{N}._ ()+-]");
    private static final int MAX_NAME = 100;

    /**
     * Limits of an upload.
     *
     * @param bytes of the file
     * @param pixels of the image, compared before it is decoded
     */
    record Limits(long bytes, PixelLimit pixels) {}

    private final ObjectNode network;
    private final PageState state;
    private final ShownFrames frames;
    private final InspectionDesk desk;
    private final InspectorMetrics metrics;
    private final Limits limits;

    /** @param network what the page shows of the network, see {@link PageState#network} */
    Routes(
            ObjectNode network,
            PageState state,
            ShownFrames frames,
            InspectionDesk desk,
            InspectorMetrics metrics,
            Limits limits) {
        this.network = network;
        this.state = state;
        this.frames = frames;
        this.desk = desk;
        this.metrics = metrics;
        this.limits = limits;
    }

    private static Reply file(String name, String type) {
        try (InputStream stream = Routes.class.getResourceAsStream(name)) {
            return Reply.of(type, stream.readAllBytes());
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The limits of an upload. */
    Limits limits() {
        return limits;
    }

    /**
     * Responds to GET and HEAD.
     *
     * @param parameter the value of a parameter of the query; null where it has none
     */
    Reply get(String path, Function<String, String> parameter) {
        Reply file = FILES.get(path);
        if (file != null) {
            return file;
        }
        switch (path) {
            case "/api/network" -> {
                return Reply.of(network);
            }
            case "/api/state" -> {
                String after = parameter.apply("after");
                return Reply.of(state.state(after != null && after.matches("\\d{1,9}") ? Integer.parseInt(after) : 0));
            }
            case "/metrics" -> {
                return Reply.of(
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.prometheusText().getBytes(StandardCharsets.UTF_8));
            }
            default -> {
                return frame(path).orElseGet(() -> Reply.error(404, path + " does not exist"));
            }
        }
    }

    private Optional<Reply> frame(String path) {
        Matcher match = FRAME.matcher(path);
        if (!match.matches() || (match.group(1) == null) == (match.group(3) == null)) {
            return Optional.empty();
        }
        return Optional.of(frames.find(Integer.parseInt(match.group(2)))
                .flatMap(frame -> content(frame, match.group(3)))
                .orElseGet(() -> Reply.error(404, "frame " + match.group(2) + " is no longer kept")));
    }

    private static Optional<Reply> content(ShownFrame frame, String file) {
        if (file == null) {
            return Optional.of(Reply.of(frame.json()));
        }
        return file.endsWith(".jpg")
                ? Optional.of(Reply.of("image/jpeg", frame.image()))
                : Optional.ofNullable(frame.mask()).map(mask -> Reply.of("image/png", mask));
    }

    /** Responds to an upload of at most {@link Limits#bytes}. */
    Reply upload(String name, byte[] bytes) {
        try {
            return Reply.of(desk.upload(Path.of(shortName(name)), bytes, limits.pixels())
                    .json());
        } catch (DataException problem) {
            return Reply.error(422, problem.getMessage());
        } catch (DeviceOutOfMemoryException | NonFiniteOutputException problem) {
            return Reply.error(500, problem.getMessage());
        }
    }

    /** The response to an upload that is too long. */
    Reply tooLong() {
        return Reply.error(
                413,
                "the file has more than " + limits.bytes()
                        + " bytes; choose a smaller one, or raise --max-upload-bytes");
    }

    private static String shortName(String name) {
        String plain = name == null ? "" : UNUSUAL.matcher(name).replaceAll("_").strip();
        return plain.isEmpty() ? "upload" : plain.substring(Math.max(0, plain.length() - MAX_NAME));
    }
}
