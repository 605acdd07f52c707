import type { UserTokens } from "./user_tokens.ts";

/**
 * Passes a request on to a functions process and streams the answer back. The user's token is signed
 * again on the way (see user_tokens.ts); everything else, CORS included, is the function's business.
 * A caller that hangs up does not stop the function, as on Supabase.
 */
export async function proxyTo(
  origin: string | null,
  path: string,
  request: Request,
  tokens: UserTokens,
): Promise<Response> {
  if (origin === null) return failure(503, "functions_not_running", "No functions are running");
  const target = new URL(path, origin);
  target.search = new URL(request.url).search;
  try {
    const answer = await fetch(target, {
      method: request.method,
      headers: await forwardedHeaders(request, tokens),
      body: request.body,
      redirect: "manual",
    });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure(502, "function_unreachable", `The functions process did not answer: ${reason}`);
  }
}

async function forwardedHeaders(request: Request, tokens: UserTokens): Promise<Headers> {
  const headers = new Headers(request.headers);
  const { host, protocol } = new URL(request.url);
  headers.set("x-forwarded-host", host);
  headers.set("x-forwarded-proto", protocol.slice(0, -1));
  // fetch would decode a compressed answer but leave its content-encoding header in place.
  headers.set("accept-encoding", "identity");
  headers.delete("host");
  headers.delete("connection");

  const token = /^bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const resigned = token ? await tokens.resign(token) : null;
  if (resigned) headers.set("authorization", `Bearer ${resigned}`);
  return headers;
}

function failure(status: number, error: string, message: string): Response {
  return Response.json({ error, message, status }, {
    status,
    headers: { "access-control-allow-origin": "*" },
  });
}
