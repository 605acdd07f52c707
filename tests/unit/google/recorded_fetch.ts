/** A request as it would go out, and what the other side shall answer. */
export interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  text: string;
}

/** A `fetch` that keeps every request in `sent` and lets `answer` reply. */
export function recordedFetch(answer: (sent: Sent) => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, headers } = request;
    const one = { method, url: new URL(request.url), headers, text: await request.text() };
    sent.push(one);
    return await answer(one);
  };
  return { fetch, sent };
}
