import { SchedulingInputError } from "@shared/scheduling/input/scheduling_input_error.ts";
import type { Credentials } from "./credentials.ts";
import type { KnownTimes } from "./participants.ts";
import { readTimes } from "./read_times.ts";
import type { OwnTime, TimeReader } from "./read_times.ts";
import { afterFailure, notConnected, refused } from "./search.ts";
import type { PostponedSearch, RefusedSearch, Tries } from "./search.ts";
import type { SlotRequest } from "./slot_request.ts";

/** Busy time of all participants for a search, or the outcome of a search that cannot begin. */
export async function readForSearch(
  reader: TimeReader,
  slot_request: SlotRequest,
  credentials: Credentials,
  { own, tries }: { own: OwnTime; tries: Tries },
): Promise<{ times: KnownTimes } | { outcome: RefusedSearch | PostponedSearch }> {
  try {
    const times = await readTimes(reader, slot_request, credentials, own);
    if (times === "not_connected") return { outcome: notConnected() };
    if ("verdict" in times) return { outcome: afterFailure(times, tries) };
    return { times };
  } catch (thrown) {
    if (!(thrown instanceof SchedulingInputError)) throw thrown;
    return { outcome: refused("invalid_request", thrown.message, { path: thrown.path }) };
  }
}
