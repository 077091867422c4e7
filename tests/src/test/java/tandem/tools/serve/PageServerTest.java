package tandem.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.InspectorOptions;
import tandem.model.data.PixelLimit;
import tandem.model.inference.Inspection;
import tandem.model.inference.PartThresholds;
import tandem.model.train.TinyNetwork;
import tandem.tools.InputException;
import tandem.tools.TandemProcess;
import tandem.tools.watch.FolderLoop;

/** The page over HTTP: its files, frames, uploads, limits, and requests of other sites. */
class PageServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Routes.Limits LIMITS = new Routes.Limits(100_000, PixelLimit.of(5_000, "--max-upload-pixels"));

    @TempDir
    static Path folder;

    private static TinyNetwork network;
    private static CpuDevice device;
    private static Inspector inspector;
    private static InspectionDesk desk;
    private static ShownFrames frames;
    private static PageServer server;
    private static final StringWriter ERR = new StringWriter();

    @BeforeAll
    static void start() throws IOException {
        network = TinyNetwork.train(folder.resolve("train"), 70, 50, 2);
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        inspector = Inspector.load(
                network.checkpoint(),
                device,
                InspectorOptions.standard()
                        .with(change -> change.suppression(TinyNetwork.LOOSE)
                                .thresholds(Optional.of(PartThresholds.of(0, -1)))));
        frames = new ShownFrames();
        desk = new InspectionDesk(inspector, frames, PixelLimit.HEAP, new PrintWriter(ERR));
        server = serve(0);
    }

    private static PageServer serve(int port) throws IOException {
        PageState state = new PageState(inspector, desk, frames);
        Routes routes = new Routes(state.network(), state, frames, desk, inspector.metrics(), LIMITS);
        return PageServer.start(InetAddress.getLoopbackAddress(), port, new RequestGuard(Set.of()), routes);
    }

    @AfterAll
    static void stop() {
        server.close();
        inspector.close();
        device.close();
    }

    private static Path image(int index) {
        return network.images().data().samples().get(index).image();
    }

    private static HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path.substring(1)));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        return send(at(path));
    }

    private static HttpResponse<byte[]> post(String path, byte[] body) throws Exception {
        return send(at(path).POST(BodyPublishers.ofByteArray(body)));
    }

    private static JsonNode json(HttpResponse<byte[]> reply) throws IOException {
        assertEquals(
                "application/json; charset=utf-8",
                reply.headers().firstValue("Content-Type").orElseThrow());
        return JSON.readTree(reply.body());
    }

    private static String error(HttpResponse<byte[]> reply) throws IOException {
        String error = json(reply).get("error").asText();
        assertFalse(error.contains("\n"), error);
        return error;
    }

    private static byte[] png(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void thePageIsOneDocumentWithAStyleSheetAScriptAndAnIcon() throws Exception {
        HttpResponse<byte[]> page = get("/");
        assertEquals(200, page.statusCode());
        String html = new String(page.body(), StandardCharsets.UTF_8);
        for (String file : List.of("/page.css", "/page.js", "/icon.svg")) {
            assertTrue(html.contains("\"" + file + "\""), file);
            assertEquals(200, get(file).statusCode());
        }
        assertFalse(html.contains("http"), "nothing is loaded from elsewhere");
        assertTrue(page.headers()
                .firstValue("Content-Security-Policy")
                .orElseThrow()
                .contains("default-src 'self'"));
        assertEquals(
                "nosniff", page.headers().firstValue("X-Content-Type-Options").orElseThrow());
        assertTrue(page.headers().firstValue("Server").isEmpty());
        assertEquals(
                "text/javascript; charset=utf-8",
                get("/page.js").headers().firstValue("Content-Type").orElseThrow());
        HttpResponse<byte[]> head = send(at("/").method("HEAD", BodyPublishers.noBody()));
        assertEquals(200, head.statusCode());
        assertEquals(0, head.body().length);
        JsonNode facts = json(get("/api/network"));
        assertEquals("red", facts.get("classes").get(0).get("name").asText());
        assertTrue(facts.get("classes").get(0).get("color").asText().matches("#[0-9a-f]{6}"));
        assertEquals(0, facts.get("minScore").asDouble());
        assertFalse(facts.has("minRegionPixels"));
    }

    @Test
    void imagesOfAFolderAreShownWithTheirDecision() throws Exception {
        Path camera = Files.createDirectories(folder.resolve("camera"));
        Files.copy(image(0), camera.resolve("a.png"));
        Files.write(camera.resolve("b.png"), new byte[20]);
        new FolderLoop(
                        camera,
                        file -> Optional.empty(),
                        new FolderLoop.Timing(1, 1, true),
                        desk,
                        new PrintWriter(System.err))
                .run(() -> false);
        assertTrue(ERR.toString().startsWith("b.png: "), ERR.toString());

        JsonNode state = json(get("/api/state"));
        assertTrue(state.get("counts").get("rejected").asInt() >= 1);
        assertEquals(1, state.get("unreadable").asInt());
        assertEquals("b.png", state.get("problem").get("name").asText());
        JsonNode frame = state.get("frame");
        assertEquals("a.png", frame.get("name").asText());
        assertEquals(70, frame.get("width").asInt());
        assertFalse(frame.get("pass").asBoolean());
        assertTrue(frame.get("decision").asText().startsWith("fail: a score of "), frame.toString());
        assertFalse(frame.get("boxes").isEmpty());
        assertTrue(frame.get("pixels").has("red"));
        assertTrue(frame.get("milliseconds").asDouble()
                <= frame.get("withDecoding").asDouble());
        int number = frame.get("number").asInt();
        assertTrue(rejects(state).contains(number));
        assertFalse(json(get("/api/state?after=" + number)).has("frame"));
        assertEquals(frame, json(get("/api/frames/" + number)));

        long total = 0;
        for (JsonNode bar : state.get("latency").get("bars")) {
            total += bar.get("frames").asLong();
            assertEquals(
                    Math.pow(10, 0.1),
                    bar.get("to").asDouble() / bar.get("from").asDouble(),
                    1e-9);
        }
        assertEquals(state.get("latency").get("frames").asLong(), total);

        HttpResponse<byte[]> image = get("/frames/" + number + "/image.jpg");
        assertEquals("image/jpeg", image.headers().firstValue("Content-Type").orElseThrow());
        assertEquals(70, decode(image).getWidth());
        assertEquals(50, decode(get("/frames/" + number + "/mask.png")).getHeight());
        assertEquals(404, get("/frames/" + number + "/other.png").statusCode());
        assertEquals(404, get("/frames/999999/image.jpg").statusCode());
        assertEquals(404, get("/frames/99999999999/image.jpg").statusCode());

        HttpResponse<byte[]> metrics = get("/metrics");
        assertTrue(metrics.headers().firstValue("Content-Type").orElseThrow().startsWith("text/plain; version=0.0.4"));
        assertTrue(new String(metrics.body(), StandardCharsets.UTF_8)
                .contains("tandem_frames_total{outcome=\"rejected\"}"));
    }

    private static List<Integer> rejects(JsonNode state) {
        List<Integer> numbers = new ArrayList<>();
        state.get("rejects").forEach(one -> numbers.add(one.asInt()));
        return numbers;
    }

    private static BufferedImage decode(HttpResponse<byte[]> reply) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(reply.body()));
        assertNotNull(image);
        return image;
    }

    @Test
    void anUploadIsInspectedAndKeptForThePage() throws Exception {
        HttpResponse<byte[]> reply = post("/api/inspect?name=..%2Fpart%3C1%3E.png", Files.readAllBytes(image(1)));
        assertEquals(200, reply.statusCode());
        JsonNode frame = json(reply);
        assertEquals(".._part_1_.png", frame.get("name").asText());
        Inspection expected = inspector.inspect(ImageIO.read(image(1).toFile()));
        assertEquals(expected.boxes(), frame.get("boxes").size());
        assertEquals(expected.score(0), frame.get("boxes").get(0).get("score").floatValue());
        assertEquals(
                200,
                get("/frames/" + frame.get("number").asInt() + "/image.jpg").statusCode());
        assertEquals(
                "upload", json(post("/api/inspect", png(40, 40))).get("name").asText());
    }

    @Test
    void aBadUploadIsOneClearError() throws Exception {
        HttpResponse<byte[]> text = post("/api/inspect?name=notes.png", "no image".getBytes(StandardCharsets.UTF_8));
        assertEquals(422, text.statusCode());
        assertTrue(error(text).startsWith("notes.png: "), error(text));
        assertEquals(422, post("/api/inspect", new byte[0]).statusCode());
        byte[] whole = Files.readAllBytes(image(0));
        HttpResponse<byte[]> half = post("/api/inspect?name=a.png", Arrays.copyOf(whole, whole.length / 2));
        assertEquals(422, half.statusCode());
        assertTrue(error(half).startsWith("a.png: "), error(half));
    }

    @Test
    void anUploadWithTooManyPixelsIsRefusedByItsHeader() throws Exception {
        byte[] large = png(101, 50);
        HttpResponse<byte[]> reply = post("/api/inspect?name=large.png", large);
        assertEquals(422, reply.statusCode());
        assertTrue(
                error(reply)
                        .contains(
                                "states 101 x 50 pixels, more than the limit of 5000; cut it into tiles, or raise --max-upload-pixels"),
                error(reply));
        assertEquals(200, post("/api/inspect?name=small.png", png(100, 50)).statusCode());
    }

    @Test
    void anUploadWithTooManyBytesIsRefused() throws Exception {
        byte[] large = new byte[(int) LIMITS.bytes() + 1];
        HttpResponse<byte[]> reply = post("/api/inspect", large);
        assertEquals(413, reply.statusCode());
        assertTrue(error(reply).contains("100000 bytes"), error(reply));
        HttpResponse<byte[]> chunked =
                send(at("/api/inspect").POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
        assertEquals(413, chunked.statusCode());
    }

    /** The response is also seen by a client that sends the whole request before it reads. */
    @Test
    void aRefusedUploadIsReadToItsEnd() throws Exception {
        byte[] large = new byte[3_000_000];
        URI url = URI.create(server.url());
        for (String[] refused : new String[][] {{"localhost", "413"}, {"example.com", "403"}}) {
            try (Socket socket = new Socket(url.getHost(), url.getPort())) {
                socket.setSoTimeout(10_000);
                OutputStream out = socket.getOutputStream();
                out.write(("POST /api/inspect HTTP/1.1\r\nHost: " + refused[0] + "\r\nContent-Length: " + large.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
                // Time for a server that does not wait for the rest.
                Thread.sleep(50);
                out.write(large);
                assertEquals(
                        "HTTP/1.1 " + refused[1],
                        new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void requestsOfOtherSitesAreRefused() throws Exception {
        byte[] image = Files.readAllBytes(image(0));
        assertEquals(
                403,
                send(at("/api/inspect").header("Origin", "http://example.com").POST(BodyPublishers.ofByteArray(image)))
                        .statusCode());
        assertEquals(
                403,
                send(at("/api/inspect").header("Origin", "null").POST(BodyPublishers.ofByteArray(image)))
                        .statusCode());
        String own = server.url().substring(0, server.url().length() - 1);
        assertEquals(
                200,
                send(at("/api/inspect").header("Origin", own).POST(BodyPublishers.ofByteArray(image)))
                        .statusCode());
        HttpResponse<byte[]> embedded = send(at("/api/state").header("Sec-Fetch-Site", "cross-site"));
        assertEquals(403, embedded.statusCode());
        assertTrue(error(embedded).contains("other sites"), error(embedded));
        assertEquals(
                200,
                send(at("/").header("Sec-Fetch-Site", "cross-site").header("Sec-Fetch-Mode", "navigate"))
                        .statusCode());
        assertTrue(raw("GET /api/state HTTP/1.1\r\nHost: example.com\r\n\r\n").startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n").startsWith("HTTP/1.1 200"));
        assertTrue(raw("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n")
                .startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET /api/state HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
    }

    private static String raw(String request) throws IOException {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.setSoTimeout(10_000);
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void otherRequestsAreErrors() throws Exception {
        assertEquals(404, get("/page.html").statusCode());
        assertEquals(400, statusOf("/../pom.xml"));
        assertEquals(400, statusOf("/api/state?after=%zz"));
        assertEquals(200, get("/api/state?after=x").statusCode());
        HttpResponse<byte[]> put = send(at("/").PUT(BodyPublishers.noBody()));
        assertEquals(405, put.statusCode());
        assertEquals("GET, HEAD", put.headers().firstValue("Allow").orElseThrow());
        assertEquals(405, get("/api/inspect").statusCode());
        URI url = URI.create(server.url());
        InputException inUse = assertThrows(InputException.class, () -> serve(url.getPort()));
        assertTrue(inUse.getMessage().contains("choose another --port"), inUse.getMessage());
    }

    private static int statusOf(String path) throws IOException {
        return Integer.parseInt(
                raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").substring(9, 12));
    }

    @Test
    void controlCEndsTheCommand() throws Exception {
        Path camera = Files.createDirectories(folder.resolve("line"));
        Files.copy(image(0), camera.resolve("first.png"));
        try (TandemProcess process = TandemProcess.start(
                folder.resolve("err.txt"),
                "serve",
                "--weights",
                network.checkpoint().toString(),
                "--folder",
                camera.toString(),
                "--every",
                "5",
                "--port",
                "0",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--convolutions",
                "direct")) {
            String line = process.await(one -> one.startsWith("serving "));
            assertTrue(line.startsWith("serving http://127.0.0.1:"), line);
            String url = line.split(" ")[1];
            JsonNode frame = null;
            for (int i = 0; i < 6000 && frame == null; i++) {
                frame = JSON.readTree(CLIENT.send(
                                        HttpRequest.newBuilder(URI.create(url + "api/state"))
                                                .build(),
                                        BodyHandlers.ofString())
                                .body())
                        .get("frame");
                Thread.sleep(10);
            }
            assertNotNull(frame);
            assertEquals("first.png", frame.get("name").asText());
            assertFalse(frame.has("pass"), "there are no thresholds");
            List<String> lines = process.interrupt();
            assertEquals("ended after 1 frames", lines.get(lines.size() - 1));
        }
    }
}
