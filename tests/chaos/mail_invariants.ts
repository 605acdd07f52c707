import type { MeetingRow } from "@shared/database/meetings.ts";
import type { Mail, RecordedRequest, StoredEvent } from "../../local/google/control.ts";
import { eventsOfMeeting, type Evidence } from "./snapshot.ts";

/** One invitation, then updates; taken off the list, one cancellation; and perhaps invited anew. */
const WELL_TOLD = /^(invitation (update )*cancellation )*(invitation (update )*)?$/;

/**
 * What Google has mailed about each event of a meeting, against what the event is now: its guests
 * are invited once and were told of its present time and title, each version at most once; all
 * others who ever heard of it were told once that it is off.
 */
export function mailViolations(meeting: MeetingRow, evidence: Evidence): string[] {
  const events = new Map(eventsOfMeeting(meeting, evidence).map((event) => [event.id, event]));
  return [...events.values()].flatMap((event) => {
    const sent = evidence.mails.filter(({ event_id }) => event_id === event.id);
    const versions = patchedVersions(event.id, evidence.requests);
    const invited = invitedTo(event);
    const people = new Set([...invited, ...sent.map(({ to }) => to)]);
    return [...people].flatMap((guest) => {
      const mails = sent.filter(({ to }) => to === guest);
      return problems(event, mails, invited.has(guest), versions)
        .map((problem) =>
          `${meeting.meeting_id} sent ${guest} [${kinds(mails).join(", ")}]: ${problem}`
        );
    });
  });
}

function problems(
  event: StoredEvent,
  mails: readonly Mail[],
  is_invited: boolean,
  versions: number,
): string[] {
  const found: string[] = [];
  const last = mails.at(-1);
  if (!WELL_TOLD.test(kinds(mails).map((kind) => `${kind} `).join(""))) {
    found.push("some mail is one too many, or missing");
  }
  if (kinds(mails).filter((kind) => kind === "update").length > versions) {
    found.push(`more updates than the ${versions} versions that were sent`);
  }
  if (!is_invited && last !== undefined && last.kind !== "cancellation") {
    found.push("nobody told them that it is off");
  }
  if (is_invited && (last === undefined || last.kind === "cancellation")) {
    found.push("they are on the list, and do not know");
  }
  if (is_invited && last !== undefined && !shows(last, event)) {
    found.push(`the last one said "${last.summary}" at ${last.start}`);
  }
  return found;
}

/** Google mails everybody but the organizer, on whose calendar the event is. */
function invitedTo({ status, attendees, calendar_id }: StoredEvent): Set<string> {
  if (status === "cancelled") return new Set();
  return new Set(
    (attendees ?? []).flatMap(({ email }) =>
      email === undefined || email === null || email === calendar_id ? [] : [email]
    ),
  );
}

function shows(mail: Mail, { summary, start }: StoredEvent): boolean {
  return mail.summary === summary && Date.parse(mail.start) === Date.parse(start?.dateTime ?? "");
}

/** How many versions an event was asked to show, without requests that were surely refused. */
function patchedVersions(event_id: string, requests: readonly RecordedRequest[]): number {
  const versions = requests.flatMap(({ method, path, body, status, dropped }) => {
    if (method !== "PATCH" || !path.endsWith(`/${event_id}`)) return [];
    const is_refused = dropped === "before" || status !== null && status >= 400 && status < 500;
    return is_refused ? [] : [shownVersion(body)];
  });
  return new Set(versions).size;
}

function shownVersion(body: unknown): unknown {
  return (body as Pick<StoredEvent, "extendedProperties">).extendedProperties?.private?.[
    "convene_version"
  ];
}

function kinds(mails: readonly Mail[]): string[] {
  return mails.map(({ kind }) => kind);
}
