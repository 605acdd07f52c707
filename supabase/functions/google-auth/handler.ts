import * as z from "zod/mini";
import { connectionState } from "@shared/connections/connection_state.ts";
import type { Connections } from "@shared/connections/connections.ts";
import { disconnectGoogle } from "@shared/connections/disconnect.ts";
import type { TokenCipher } from "@shared/connections/token_cipher.ts";
import type { Database } from "@shared/database/call.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { GoogleCalendar } from "@shared/google/calendar.ts";
import type { GoogleChanges } from "@shared/google/calendar_changes.ts";
import type { GoogleOAuth } from "@shared/google/oauth.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import { faultOfThrown, HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { routePath } from "@shared/http/route_path.ts";
import { readJson, readQuery } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import type { Caller } from "@shared/http/serve.ts";
import { idOf, text } from "@shared/schemas/fields.ts";
import { LIMITS } from "@shared/schemas/limits.ts";
import { refusedCompletion, revocationAdvice } from "./connection_response.ts";
import { answerGoogle } from "./callback.ts";
import { allowSharing, listSharing, revokeSharing } from "./sharing.ts";
import type { CallbackDependencies } from "./callback.ts";

export interface GoogleAuthDependencies extends CallbackDependencies {
  database: Database;
  oauth: GoogleOAuth;
  changes: GoogleChanges;
  cipher: TokenCipher;
  calendar: GoogleCalendar;
  connections: Connections;
  now: () => Date;
}

export interface GoogleAuth {
  /** `POST /initiate`, `POST /complete`, `GET /`, `DELETE /`, and `/sharing` (`GET`, `POST`, `DELETE ?id=`): who else's
   * searches may use the connection. Each is about the caller's own connection.
   * `GET /?check=true` also asks Google whether it works; `checked` is false when Google is silent. */
  forUsers(request: Request, caller: Caller): Promise<Response>;
  /** `GET /callback`: redirects the browser to the app, for every result of Google. */
  callback(request: Request): Promise<Response>;
}

type Route = (request: Request, user_id: string) => Promise<Response>;

/** Answers name a person's account or carry a secret; no cache may keep them. */
const PRIVATE = { "cache-control": "no-store" };

/** The query of GET. */
export const SHOW_QUERY = z.strictObject({ check: z.optional(z.enum(["true", "false"])) });
/** The body of POST initiate. */
export const INITIATE_REQUEST = z.strictObject({
  return_url: z.optional(text(LIMITS.return_url_characters)),
});
/** The body of POST complete. */
export const COMPLETE_REQUEST = z.strictObject({
  code: idOf(LIMITS.authorization_code_characters),
});

/** Whether a request is Google's redirect, the only one that is answered without credentials. */
export function isCallback(request: Request): boolean {
  return routePath(request, "google-auth") === "/callback";
}

export function googleAuth(dependencies: GoogleAuthDependencies): GoogleAuth {
  const { database, calendar, connections, now, return_urls, authorizations } = dependencies;

  const initiate: Route = async (request, user_id) => {
    const { return_url } = await readJson(request, INITIATE_REQUEST, { empty: {} });
    const app = return_urls.choose(return_url);
    if (app === null) {
      throw new HttpFault(
        "invalid_request",
        "return_url: Not one of the addresses that CONVENE_APP_URLS lists.",
        { path: "return_url" },
      );
    }
    const authorization_url = await authorizations.begin(user_id, app).catch((thrown: unknown) => {
      throw faultOfThrown(thrown);
    });
    return json({ authorization_url }, 200, PRIVATE);
  };

  const complete: Route = async (request, user_id) => {
    const { code } = await readJson(request, COMPLETE_REQUEST);
    const completion = await authorizations.complete(user_id, code);
    if (completion.kind === "connected") {
      // Shown at connecting: what the connection may be used for beside the user's own meetings.
      return json(
        {
          ...connectionState(completion.connection, now()),
          ...await listSharing(database, user_id),
        },
        200,
        PRIVATE,
      );
    }
    const refusal = refusedCompletion(completion);
    log("warning", "google_not_connected", { user_id, why: completion.kind, ...refusal.details });
    throw refusal;
  };

  const show: Route = async (request, user_id) => {
    const { check } = readQuery(request, SHOW_QUERY);
    const connection = await readGoogleConnection(database, user_id);
    if (check !== "true" || connection === null) {
      return json(
        { ...connectionState(connection, now()), ...await listSharing(database, user_id) },
        200,
        PRIVATE,
      );
    }
    // A request with a dead grant changes the stored state, so it is read afterwards.
    const outcome = await connections.call(
      connection,
      "read",
      (token) => calendar.listEvents(token, "primary", { maxResults: 1 }),
    );
    const checked = await readGoogleConnection(database, user_id);
    return json(
      {
        ...connectionState(checked, now()),
        ...await listSharing(database, user_id),
        checked: isAnswer(outcome),
      },
      200,
      PRIVATE,
    );
  };

  const disconnect: Route = async (_request, user_id) => {
    const revocation = await disconnectGoogle(dependencies, user_id);
    if (revocation.kind === "failed") {
      log("warning", "google_not_revoked", { user_id, reason: revocation.reason });
    }
    const state = connectionState(null, now());
    return json({ ...state, ...revocationAdvice(revocation) }, 200, PRIVATE);
  };

  const routes = new Map<string, Map<string, Route>>([
    ["/initiate", new Map([["POST", initiate]])],
    ["/complete", new Map([["POST", complete]])],
    ["/", new Map([["GET", show], ["DELETE", disconnect]])],
    [
      "/sharing",
      new Map<string, Route>([
        [
          "GET",
          async (_request, user_id) => json(await listSharing(database, user_id), 200, PRIVATE),
        ],
        [
          "POST",
          async (request, user_id) =>
            json(await allowSharing(database, request, user_id), 200, PRIVATE),
        ],
        [
          "DELETE",
          async (request, user_id) =>
            json(await revokeSharing(database, request, user_id), 200, PRIVATE),
        ],
      ]),
    ],
  ]);

  return {
    async forUsers(request, caller) {
      if (caller.kind !== "user") {
        throw new HttpFault("forbidden", "Only a signed-in user has a Google connection.");
      }
      const methods = routes.get(routePath(request, "google-auth"));
      if (methods === undefined) throw new HttpFault("not_found", "google-auth has no such path.");
      const route = methods.get(request.method);
      if (route === undefined) throw wrongMethod([...methods.keys()]);
      return await route(request, caller.user_id);
    },

    async callback(request) {
      if (request.method !== "GET") throw wrongMethod(["GET"]);
      return await answerGoogle(dependencies, request);
    },
  };
}

/** Whether the response of Google shows that the connection works or not; other failures are of the network or quota. */
function isAnswer({ verdict }: GoogleOutcome<unknown>): boolean {
  return verdict === "done" || verdict === "reconnect" || verdict === "reject";
}

function wrongMethod(allowed: readonly string[]): HttpFault {
  return new HttpFault("method_not_allowed", `Use ${allowed.join(" or ")}.`);
}
