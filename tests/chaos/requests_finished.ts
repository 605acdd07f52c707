import type { Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

/** Resolves when no request to the Google Calendar API is in progress. */
export async function requestsFinished({ google }: Stack): Promise<void> {
  await until("all requests to Google to finish", async () => {
    const requests = await google.requests({ path: "/calendar/v3/" });
    return requests.every(({ status, dropped }) => status !== null || dropped !== null);
  });
}
