/** One POST as it will go out. `body` is JSON text: what is signed is what is sent. */
export interface OutgoingPost {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A POST of JSON. */
export function jsonPost(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): OutgoingPost {
  return {
    url,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
