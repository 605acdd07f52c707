import type {
  Mail,
  RecordedRequest,
  StoredEvent,
} from "../../packages/google-calendar-emulator/control.ts";
import { eventsOfMeeting, type MeetingState, type Snapshot } from "./snapshot.ts";

/** One invitation, then updates; one cancellation after a removal; perhaps a new invitation. */
const VALID_SEQUENCE = /^(invitation (update )*cancellation )*(invitation (update )*)?$/;

/**
 * Compares the mails that Google sent about each event of a meeting with the event: its guests have
 * one invitation and know its present time and title, with at most one update a version or edit; all others
 * who got a mail have one cancellation.
 */
export function mailViolations(meeting: MeetingState, snapshot: Snapshot): string[] {
  const events = new Map(eventsOfMeeting(meeting, snapshot).map((event) => [event.id, event]));
  return [...events.values()].flatMap((event) => {
    const sent = snapshot.mails.filter(({ event_id }) => event_id === event.id);
    const versions = patchedVersions(event.id, snapshot.requests) +
      snapshot.expected.edits.filter(({ event_id }) => event_id === event.id).length;
    const invited = invitedTo(event, meeting);
    const recipients = new Set([...invited, ...sent.map(({ to }) => to)]);
    return [...recipients].flatMap((guest) => {
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
  if (!VALID_SEQUENCE.test(kinds(mails).map((kind) => `${kind} `).join(""))) {
    found.push("a mail is sent twice, or missing");
  }
  if (kinds(mails).filter((kind) => kind === "update").length > versions) {
    found.push(`more updates than the ${versions} versions that were written or edited`);
  }
  if (!is_invited && last !== undefined && last.kind !== "cancellation") {
    found.push("no cancellation was sent");
  }
  if (is_invited && (last === undefined || last.kind === "cancellation")) {
    found.push("a guest of the event without an invitation");
  }
  if (is_invited && last !== undefined && !shows(last, event)) {
    found.push(`the last mail has "${last.summary}" at ${last.start}`);
  }
  return found;
}

/** All guests but the organizer, who gets no mail. */
function invitedTo(
  { status, attendees }: StoredEvent,
  { account_email }: MeetingState,
): Set<string> {
  if (status === "cancelled") return new Set();
  return new Set(
    (attendees ?? []).flatMap(({ email }) =>
      email === undefined || email === null || email === account_email ? [] : [email]
    ),
  );
}

function shows(mail: Mail, { summary, start }: StoredEvent): boolean {
  return mail.summary === summary && Date.parse(mail.start) === Date.parse(start?.dateTime ?? "");
}

/** How many versions were written to an event, without requests that Google certainly rejected. */
function patchedVersions(event_id: string, requests: readonly RecordedRequest[]): number {
  const versions = requests.flatMap(({ method, path, body, status, dropped }) => {
    if (method !== "PATCH" || !path.endsWith(`/${event_id}`)) return [];
    const is_rejected = dropped === "before" || status !== null && status >= 400 && status < 500;
    return is_rejected ? [] : [versionIn(body)];
  });
  return new Set(versions).size;
}

function versionIn(body: unknown): unknown {
  return (body as Pick<StoredEvent, "extendedProperties">).extendedProperties?.private?.[
    "convene_version"
  ];
}

function kinds(mails: readonly Mail[]): string[] {
  return mails.map(({ kind }) => kind);
}
