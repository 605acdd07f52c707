/**
 * Reads one page of a calendar and prints one line of JSON for sync.ts, which starts it:
 * deno run -A tests/bench/sync_page.ts GOOGLE_URL ACCESS_TOKEN lean|whole
 */
import { googleChanges } from "@shared/google/calendar_changes.ts";

/** A page as Convene asks for it, or with all fields and without compression. */
export type PageForm = "lean" | "whole";

export interface PageMemory {
  events: number;
  /** Megabytes by which the process had grown when the page was read; it gives none back so soon. */
  megabytes: number;
}

if (import.meta.main) {
  const [google_url = "", access_token = "", form = "lean"] = Deno.args;
  const changes = googleChanges({
    base_url: `${google_url}/calendar/v3`,
    ...(form === "lean" ? {} : { fetch: whole }),
  });
  const from = { sync_token: null, page_token: null };
  // The modules, the compiled schema and the connection are not the page's.
  await changes.list(access_token, "unknown@north.example", from);
  const before = Deno.memoryUsage().rss;
  const page = await changes.list(access_token, "primary", from);
  if (page.verdict !== "done") throw new Error(page.message);
  const measured: PageMemory = {
    events: page.value.events.length,
    megabytes: (Deno.memoryUsage().rss - before) / 1e6,
  };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(measured)}\n`));
}

function whole(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  url.searchParams.delete("fields");
  const headers = new Headers(init.headers);
  headers.set("accept-encoding", "identity");
  return fetch(url, { ...init, headers });
}
