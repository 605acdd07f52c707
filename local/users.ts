import type { UserTokens } from "./user_tokens.ts";

export interface LocalUser {
  user_id: string;
  /** Accepted by REST, by functions behind the gateway and by a functions process directly. */
  access_token: string;
}

/** Signs a user up through `/auth/v1`, the way a browser does. Throws when the address is taken. */
export async function signUp(
  api: (request: Request) => Promise<Response>,
  publishable_key: string,
  tokens: UserTokens,
  email: string,
  /** Claims that differ from those of an ordinary session, such as is_anonymous. */
  claims: Record<string, unknown> = {},
): Promise<LocalUser> {
  const response = await api(
    new Request("http://127.0.0.1/auth/v1/signup", {
      method: "POST",
      headers: { apikey: publishable_key, "content-type": "application/json" },
      body: JSON.stringify({ email, password: crypto.randomUUID() }),
    }),
  );
  const answer: unknown = await response.json();
  const { access_token, user } = (answer ?? {}) as {
    access_token?: unknown;
    user?: { id?: unknown };
  };
  if (!response.ok || typeof access_token !== "string" || typeof user?.id !== "string") {
    throw new Error(`Cannot sign up ${email}: ${response.status} ${JSON.stringify(answer)}`);
  }
  const resigned = await tokens.resign(access_token, claims);
  if (resigned === null) throw new Error("The auth server signs tokens with another secret");
  return { user_id: user.id, access_token: resigned };
}
