import { GoogleError } from "../contract/google_error.ts";
import { randomLetters } from "../world/random_id.ts";
import type { Calendar } from "./calendar_store.ts";
import type { ConferenceData, SharedContent } from "./event_types.ts";

/** How the next conference requests end: at once, later by the control surface, or never. */
export type ConferenceEnd = "success" | "pending" | "failure";

/** `not_allowed`: on a calendar that allows no Meet. */
export type ConferenceMode = ConferenceEnd | "not_allowed";

const meet = "hangoutsMeet";
/** The conferences of other providers, such as Zoom, which their add-ons write and anybody may copy. */
const add_on = "addOn";

/** Reads conferenceData of a write with conferenceDataVersion=1. A createRequest starts a Meet
 * conference; the requestId of the previous one is ignored; an existing conference passed back,
 * or the one of another event, is kept as it is. */
export function readConference(
  given: ConferenceData | null | undefined,
  existing: ConferenceData | null,
  mode: ConferenceMode,
): ConferenceData | null {
  if (given === undefined || given === null) return null;
  const request = given.createRequest;
  if (request === undefined || request === null) {
    return given.conferenceSolution ? checkedConference(given) : existing;
  }
  const request_id = request.requestId;
  if (!request_id) {
    throw new GoogleError("required", { message: "Missing conference request id." });
  }
  if (existing?.createRequest?.requestId === request_id) return existing;
  const type = request.conferenceSolutionKey?.type ?? meet;
  if (type !== meet || mode === "not_allowed") throw invalidType();
  return answerRequest(request_id, mode);
}

/** The conference of a request in the given state; links exist only on success. */
export function answerRequest(request_id: string, mode: ConferenceEnd): ConferenceData {
  const createRequest = {
    requestId: request_id,
    conferenceSolutionKey: { type: meet },
    status: { statusCode: mode },
  };
  if (mode !== "success") return { createRequest };
  const code = `${randomLetters(3)}-${randomLetters(4)}-${randomLetters(3)}`;
  return {
    createRequest,
    entryPoints: [{
      entryPointType: "video",
      uri: `https://meet.google.com/${code}`,
      label: `meet.google.com/${code}`,
    }],
    conferenceSolution: {
      key: { type: meet },
      name: "Google Meet",
      iconUri:
        "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4.png",
    },
    conferenceId: code,
  };
}

/** The kinds of conference that a calendar's events may have. */
export function conferenceProperties({ allows_meet }: Calendar) {
  return { allowedConferenceSolutionTypes: allows_meet ? [meet] : [] };
}

/** How a conference request on a calendar ends. */
export function conferenceMode(next: ConferenceEnd, { allows_meet }: Calendar): ConferenceMode {
  return allows_meet ? next : "not_allowed";
}

/** The Meet URL that Google repeats as hangoutLink. */
export function hangoutLink(content: SharedContent): string | null {
  const conference = content.conference;
  if (conference?.conferenceSolution?.key?.type !== meet) return null;
  return conference.entryPoints?.find((entry) => entry.entryPointType === "video")?.uri ?? null;
}

function checkedConference(given: ConferenceData): ConferenceData {
  const type = given.conferenceSolution?.key?.type;
  if (type !== meet && type !== add_on) throw invalidType();
  return given;
}

function invalidType(): GoogleError {
  return new GoogleError("invalid", { message: "Invalid conference type value." });
}
