package tandem.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests are refused because of their headers. */
class RequestGuardTest {

    @ParameterizedTest
    @CsvSource({
        "true,  GET,  127.0.0.1:7070,  , , ",
        "true,  GET,  localhost:7070,  , , ",
        "true,  GET,  LocalHost,       , , ",
        "true,  GET,  [::1]:7070,      , , ",
        "true,  GET,  192.168.1.20:80, , , ",
        "true,  GET,  desk.plant:7070, , , ",
        "false, GET,  ,                , , ",
        "false, GET,  example.com,     , , ",
        "false, GET,  localhost.example.com, , , ",
        "false, GET,  127.0.0.1.example.com, , , ",
        "true,  POST, localhost:7070,  http://localhost:7070,  same-origin, cors",
        "true,  POST, desk.plant,      https://desk.plant,     same-origin, cors",
        "false, POST, localhost:7070,  http://localhost:8080,  same-site,   cors",
        "false, POST, localhost:7070,  http://localhost:8080,  ,            ",
        "false, POST, localhost:7070,  http://example.com,     ,            ",
        "false, POST, localhost:7070,  null,                   ,            ",
        "false, POST, localhost:7070,  localhost:7070,         ,            ",
        "false, GET,  localhost:7070,  ,                       cross-site,  no-cors",
        "false, GET,  localhost:7070,  ,                       same-site,   no-cors",
        "false, GET,  localhost:7070,  ,                       Cross-Site,  cors",
        "true,  GET,  localhost:7070,  ,                       cross-site,  navigate",
        "true,  GET,  localhost:7070,  ,                       none,        navigate",
        "false, POST, localhost:7070,  ,                       cross-site,  navigate"
    })
    void acceptsTheOwnPageAndLinksToIt(
            boolean accepted, String method, String host, String origin, String site, String mode) {
        RequestGuard guard = new RequestGuard(Set.of("Desk.plant"));
        assertEquals(
                accepted,
                guard.refusal(new RequestGuard.Headers(method, host, origin, site, mode))
                        .isEmpty());
    }
}
