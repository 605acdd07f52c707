import type { Texts } from "@shared/texts/texts.ts";
import type { KnownTimes } from "./participants.ts";
import type { SlotRequest } from "./slot_request.ts";

/** What a search could not do as it was asked to, with the people concerned (addresses). */
export interface SearchWarning {
  code: "tentative_unknown";
  message: string;
  participants: string[];
}

/**
 * Of whom a request with `tentative_as_busy: false` cannot tell tentative time: people who have busy time that was read
 * from free/busy alone.
 */
export function warningsOf(
  { constraints, attending }: SlotRequest,
  { read }: KnownTimes,
  { results }: Texts,
): SearchWarning[] {
  if (constraints.tentative_as_busy) return [];
  const concerned = attending.filter(({ email, busy }) => {
    const known = busy === undefined ? read.get(email) : undefined;
    return known !== undefined && known.shows_tentative !== true && known.busy !== "unknown" &&
      known.busy.length > 0;
  });
  if (concerned.length === 0) return [];
  return [{
    code: "tentative_unknown",
    message: results.tentative_unknown(concerned.map(({ name, email }) => name ?? email)),
    participants: concerned.map(({ email }) => email),
  }];
}
