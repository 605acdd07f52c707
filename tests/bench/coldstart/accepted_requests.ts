import { encodeBase64Url } from "@shared/std/encoding.ts";
import { FUNCTION_ENVIRONMENT } from "../../support/function_environment.ts";

/** A request that a function accepts: it gets as far as the first call of the database, which is refused. */
interface AcceptedRequest {
  path?: string;
  method?: string;
  body?: unknown;
  as: "user" | "key";
}

const PARTICIPANTS = ["guest@north.example"];

/** The most frequent request of each function. */
const REQUESTS: Readonly<Record<string, AcceptedRequest>> = {
  "google-auth": { method: "GET", as: "user" },
  "google-webhook": { path: "/sync", body: { batch: true }, as: "key" },
  holidays: { body: { batch: true }, as: "key" },
  mcp: {
    body: {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "meeting_status", arguments: { meeting_id: "m" } },
    },
    as: "user",
  },
  meetings: { method: "PATCH", body: { meeting_id: "m", title: "Review" }, as: "user" },
  notify: { body: { batch: true }, as: "key" },
  operations: { path: "/resume", body: {}, as: "key" },
  schedule: { body: { title: "Review", participants: PARTICIPANTS }, as: "user" },
  status: { path: "?meeting_id=m", method: "GET", as: "user" },
  "sync-organizer": { body: { meeting_id: "m" }, as: "user" },
  "task-events": { method: "PATCH", body: { event_id: "abcde", summary: "Review" }, as: "user" },
  "write-back": { body: { meeting_id: "m" }, as: "user" },
  only_packages: { body: { title: "Review" }, as: "key" },
  empty: { body: {}, as: "key" },
};

/** Refuses every call of the database, and counts them. */
export interface RefusingDatabase {
  url: string;
  readonly calls: number;
  close(): Promise<void>;
}

export function refusingDatabase(): RefusingDatabase {
  let calls = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    calls++;
    return Response.json({ code: "PGRST202", message: "No such function" }, { status: 404 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get calls() {
      return calls;
    },
    close: () => server.shutdown(),
  };
}

/** The environment of a function that has this database and this user. */
export function environmentWith(
  database: RefusingDatabase,
  user: BenchUser,
): Record<string, string> {
  return { ...FUNCTION_ENVIRONMENT, SUPABASE_URL: database.url, SUPABASE_JWKS: user.jwks };
}

/** A user who is signed in. */
export interface BenchUser {
  jwks: string;
  token: string;
}

export async function benchUser(): Promise<BenchUser> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const kid = "bench";
  const encode = (value: unknown) =>
    encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));
  const claims = {
    sub: crypto.randomUUID(),
    role: "authenticated",
    aud: "authenticated",
    is_anonymous: false,
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const unsigned = `${encode({ alg: "HS256", typ: "JWT", kid })}.${encode(claims)}`;
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(unsigned));
  return {
    jwks: JSON.stringify({
      keys: [{ kty: "oct", alg: "HS256", kid, k: encodeBase64Url(secret) }],
    }),
    token: `${unsigned}.${encodeBase64Url(new Uint8Array(signature))}`,
  };
}

/** The request of a function, sent to where it listens. */
export function sendAccepted(name: string, origin: string, user: BenchUser): Promise<Response> {
  const { path = "", method = "POST", body, as } = REQUESTS[name]!;
  const { default: key } = JSON.parse(FUNCTION_ENVIRONMENT.SUPABASE_SECRET_KEYS);
  return fetch(`${origin}/${name}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(as === "user" ? { authorization: `Bearer ${user.token}` } : { apikey: key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
