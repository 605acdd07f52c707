import type { EmulatorControl } from "../packages/google-calendar-emulator/control.ts";

/**
 * Connects a signed-in user's Google account the way a person does: begins, grants access on
 * Google's consent page, comes back through the callback, and finishes. Returns the connection.
 */
export async function connectGoogle(
  functions_url: string,
  access_token: string,
  google: EmulatorControl,
  consent: { email: string; scopes?: "all" | string[] },
): Promise<unknown> {
  const { authorization_url } = await post<{ authorization_url: string }>(
    `${functions_url}/google-auth/initiate`,
    access_token,
    {},
  );
  const { redirect_url } = await google.approve({ authorization_url, ...consent });
  const callback = await fetch(redirect_url, { redirect: "manual" });
  await callback.body?.cancel();
  const location = callback.headers.get("location");
  if (location === null) throw new Error(`The callback answered ${callback.status}`);
  const code = new URL(location).searchParams.get("convene_code");
  if (code === null) throw new Error(`The callback ended with an error: ${location}`);
  return await post(`${functions_url}/google-auth/complete`, access_token, { code });
}

async function post<T>(url: string, access_token: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${JSON.stringify(answer)}`);
  return answer as T;
}
