package tandem.tools.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tandem.tools.InputException;

/** The HTTP server: checks requests, reads uploads, and sends what {@link Routes} responds. */
final class PageServer implements AutoCloseable {

    private static final int THREADS = 12;
    /** That are in memory at the same time. */
    private static final int UPLOADS = 2;

    /** Of a refused request, which are read and dropped. */
    private static final long MAX_DROPPED_BYTES = 1L << 30;

    private static final int IDLE_MILLISECONDS = 30_000;
    private static final int STOP_MILLISECONDS = 2_000;

    /** In every response. */
    private static final HttpFields HEADERS = HttpFields.build()
            .put(
                    "Content-Security-Policy",
                    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
            .put("X-Content-Type-Options", "nosniff")
            .put("Cross-Origin-Resource-Policy", "same-origin")
            .put("Referrer-Policy", "no-referrer")
            .put(HttpHeader.CACHE_CONTROL, "no-store")
            .asImmutable();

    private final Server server;
    private final ServerConnector connector;

    private PageServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts a server.
     *
     * @param port 0 for any that is free
     * @throws InputException when the address or the port cannot be used
     */
    static PageServer start(InetAddress address, int port, RequestGuard guard, Routes routes) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("tandem-serve");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLISECONDS);
        server.addConnector(connector);
        ErrorHandler errors = new ErrorHandler();
        errors.setShowStacks(false);
        server.setErrorHandler(errors);
        server.setStopTimeout(STOP_MILLISECONDS);
        server.setHandler(new Pages(guard, routes));
        PageServer started = new PageServer(server, connector);
        try {
            server.start();
        } catch (Exception problem) {
            started.close();
            for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new InputException(address.getHostAddress() + ", port " + port + ": " + cause.getMessage()
                            + "; choose another --port or --bind");
                }
            }
            throw new IOException("the web server does not start: " + problem.getMessage(), problem);
        }
        return started;
    }

    /** The address of the page. */
    String url() {
        String host = connector.getHost();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort() + "/";
    }

    /** Ends the requests in work, and then the server. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception problem) {
            throw new IllegalStateException("the web server does not stop", problem);
        }
    }

    private static final class Pages extends Handler.Abstract {
        private final RequestGuard guard;
        private final Routes routes;
        private final Semaphore uploads = new Semaphore(UPLOADS);

        Pages(RequestGuard guard, Routes routes) {
            this.guard = guard;
            this.routes = routes;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Reply reply;
            InputStream body = Content.Source.asInputStream(request);
            try {
                reply = reply(request, response, body);
                if (reply.status() >= 400 && !request.getHeaders().contains(HttpHeader.EXPECT)) {
                    drop(body);
                }
            } catch (IOException | RuntimeException problem) {
                callback.failed(problem);
                return true;
            }
            HttpFields.Mutable headers = response.getHeaders();
            for (HttpField field : HEADERS) {
                headers.put(field);
            }
            response.setStatus(reply.status());
            headers.put(HttpHeader.CONTENT_TYPE, reply.type());
            headers.put(HttpHeader.CONTENT_LENGTH, reply.content().length);
            boolean head = request.getMethod().equals("HEAD");
            response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(reply.content()), callback);
            return true;
        }

        /** Reads to the end: a client that still sends when the connection is closed does not see the response. */
        private static void drop(InputStream body) throws IOException {
            byte[] bytes = new byte[1 << 16];
            try (body) {
                long left = MAX_DROPPED_BYTES;
                for (int read = 0; read >= 0 && left > 0; left -= read) {
                    read = body.read(bytes);
                }
            }
        }

        private Reply reply(Request request, Response response, InputStream body) throws IOException {
            HttpFields fields = request.getHeaders();
            String method = request.getMethod();
            String refusal = guard.refusal(new RequestGuard.Headers(
                            method,
                            fields.get(HttpHeader.HOST),
                            fields.get(HttpHeader.ORIGIN),
                            fields.get("Sec-Fetch-Site"),
                            fields.get("Sec-Fetch-Mode")))
                    .orElse(null);
            if (refusal != null) {
                return Reply.error(403, refusal);
            }
            String path = Request.getPathInContext(request);
            boolean upload = path.equals(Routes.INSPECT);
            if (!(upload ? method.equals("POST") : method.equals("GET") || method.equals("HEAD"))) {
                response.getHeaders().put(HttpHeader.ALLOW, upload ? "POST" : "GET, HEAD");
                return Reply.error(405, path + " does not accept " + method);
            }
            Fields query;
            try {
                query = Request.extractQueryParameters(request);
            } catch (RuntimeException malformed) {
                return Reply.error(400, "the query of the address is malformed");
            }
            return upload ? upload(request, query.getValue("name"), body) : routes.get(path, query::getValue);
        }

        private Reply upload(Request request, String name, InputStream body) throws IOException {
            long limit = routes.limits().bytes();
            if (request.getLength() > limit) {
                return routes.tooLong();
            }
            if (!uploads.tryAcquire()) {
                return Reply.error(503, "other uploads are in work; try again");
            }
            try {
                byte[] bytes = body.readNBytes((int) limit + 1);
                return bytes.length > limit ? routes.tooLong() : routes.upload(name, bytes);
            } finally {
                uploads.release();
            }
        }
    }
}
