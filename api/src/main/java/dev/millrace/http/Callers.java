package dev.millrace.http;

import dev.millrace.access.Access;
import dev.millrace.access.Principal;
import dev.millrace.access.Role;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out who asks, and whether they may. */
final class Callers {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final String KEY = "millrace.principal";
  private static final String SIGNED = "millrace.signed";

  private final Access access;
  private final Map<String, Set<Role>> roles;

  /**
   * @param roles which may ask for each operation; none where anybody may
   */
  Callers(Access access, Map<String, Set<Role>> roles) {
    this.access = access;
    this.roles = Map.copyOf(roles);
  }

  /** Returns who asks, on a path where that has been found out. */
  static Principal of(RoutingContext context) {
    Principal principal = context.get(KEY);
    if (principal == null) {
      throw ApiException.unauthorized();
    }
    return principal;
  }

  /** Returns who asks, or null where that has not been found out. */
  static @Nullable Principal known(RoutingContext context) {
    return context.get(KEY);
  }

  /**
   * Without tokens only this machine may ask. A page in its browser is not it, neither one whose
   * name was pointed at this machine nor one from elsewhere that posts a form here.
   */
  void refuseForeignNames(RoutingContext context) {
    HostAndPort authority = context.request().authority();
    String origin = context.request().getHeader("Origin");
    if (!access.isOpen()
        || (authority != null
            && LOOPBACK.contains(authority.host())
            && (origin == null || isLoopback(origin)))) {
      context.next();
    } else {
      throw ApiException.forbidden(
          "this server answers only to this machine, under the name localhost");
    }
  }

  private static boolean isLoopback(String origin) {
    try {
      String host = new URI(origin).getHost();
      return host != null && LOOPBACK.contains(host);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Lets a request on without a token, to the one operation that looks at its signature: to all
   * others it is of nobody.
   */
  void letSign(RoutingContext context) {
    if (context.request().getHeader("Authorization") == null) {
      context.put(SIGNED, true);
    }
    context.next();
  }

  /** Lets a request on only if it is known who asks: before anything of its body is read. */
  void identify(RoutingContext context) {
    if (context.get(SIGNED) != null) {
      context.next();
      return;
    }
    Principal principal = find(context.request().getHeader("Authorization"));
    if (principal == null) {
      throw ApiException.unauthorized();
    }
    context.put(KEY, principal);
    context.next();
  }

  /** Returns who shows this, or null if a token is needed and this is none. */
  @Nullable Principal find(@Nullable String authorization) {
    return access.find(authorization);
  }

  /** Returns whether an operation needs a role. */
  boolean isGuarded(String operation) {
    return !roles.getOrDefault(operation, Set.of()).isEmpty();
  }

  /**
   * Refuses those whose role does not allow an operation.
   *
   * @param operation its id in the contract
   */
  void admit(Principal principal, String operation) {
    Set<Role> allowed = roles.getOrDefault(operation, Set.of());
    if (allowed.stream().noneMatch(principal.role()::includes)) {
      throw ApiException.forbidden(
          operation
              + " needs the role "
              + allowed.stream().sorted().findFirst().map(Role::label).orElse("of the server")
              + ", and the token "
              + principal.name()
              + " has the role "
              + principal.role().label());
    }
  }
}
