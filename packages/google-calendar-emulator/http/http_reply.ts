/** A request whose body has been read. */
export interface HttpRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

/** A complete HTTP answer. */
export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  body: string | null;
}

export function jsonReply(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpReply {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8", ...headers },
    body: JSON.stringify(value, null, 1) + "\n",
  };
}

export function htmlReply(status: number, body: string): HttpReply {
  return { status, headers: { "content-type": "text/html; charset=UTF-8" }, body };
}

export function redirectReply(location: string): HttpReply {
  return { status: 302, headers: { location }, body: "" };
}
