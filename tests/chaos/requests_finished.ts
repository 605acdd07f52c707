import type { Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";

/** Resolves when nothing that was sent to Google's calendars is still on its way. */
export async function allLanded({ google }: Stack): Promise<void> {
  await until("Google to have answered everything", async () => {
    const requests = await google.requests({ path: "/calendar/v3/" });
    return requests.every(({ status, dropped }) => status !== null || dropped !== null);
  });
}
