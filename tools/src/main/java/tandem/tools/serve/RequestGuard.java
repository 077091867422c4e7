package tandem.tools.serve;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Refuses what a page of another site requests through the browser of the user.
 *
 * <p>A name that leads to this server but is not one of its names (DNS rebinding) is refused by the header
 * {@code Host}; an address in digits cannot be rebound. Requests of another site are refused by {@code Origin}, which
 * browsers send with every POST, and by {@code Sec-Fetch-Site} (W3C Fetch Metadata), except that a link may open the
 * page.
 */
final class RequestGuard {

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+(%.*)?]");
    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /** @param names of this machine by which the page may be opened, beside {@code localhost} and addresses */
    RequestGuard(Set<String> names) {
        this.names.add("localhost");
        this.names.addAll(names);
    }

    /**
     * Headers of a request; null where it has none.
     *
     * @param method GET, POST and so on
     * @param host {@code Host}
     * @param origin {@code Origin}
     * @param site {@code Sec-Fetch-Site}
     * @param mode {@code Sec-Fetch-Mode}
     */
    record Headers(String method, String host, String origin, String site, String mode) {}

    /** Why a request is refused; empty when it is accepted. */
    Optional<String> refusal(Headers headers) {
        if (headers.host() == null || !isOwn(headers.host())) {
            return Optional.of("the host name " + headers.host()
                    + " is not one of this server; open the page by its address, or start it with --host-name");
        }
        if (headers.origin() != null && !isSame(headers.origin(), headers.host())) {
            return Optional.of("requests of other sites are refused (Origin: " + headers.origin() + ")");
        }
        boolean link = "GET".equals(headers.method()) && "navigate".equals(headers.mode());
        String site = headers.site() == null ? "none" : headers.site().toLowerCase(Locale.ROOT);
        if (!site.equals("none") && !site.equals("same-origin") && !link) {
            return Optional.of("requests of other sites are refused (Sec-Fetch-Site: " + headers.site() + ")");
        }
        return Optional.empty();
    }

    private boolean isOwn(String host) {
        String name = PORT.matcher(host).replaceFirst("");
        return names.contains(name) || ADDRESS.matcher(name).matches();
    }

    private static boolean isSame(String origin, String host) {
        int scheme = origin.indexOf("://");
        return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }
}
