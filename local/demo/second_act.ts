import { dateText, timeText, zoneText } from "@shared/time/time_text.ts";
import { readMoment } from "@shared/time/wall_time.ts";
import type { Person } from "./cast.ts";
import type { Stage } from "./stage.ts";

type Tell = (heading: string, lines?: readonly string[]) => void;
type Status = Record<string, unknown>;

/** What became of a meeting after a guest had declined. */
export interface SecondAct {
  moved_automatically: boolean;
  /** The same event with the same Meet link, and no second one. */
  same_event_after_move: boolean;
  /** Mails that each guest got because of the move. */
  mails_per_guest: number[];
  moved_to: string | null;
  /** Code of why the meeting keeps its time; null: it moved. */
  kept_reason: string | null;
}

/** The moves that the demo allows its meeting: a working week may begin tomorrow. */
export const AUTO_RESCHEDULE = { on: "required_declined", freeze_hours: 0 };

const PATIENCE_MS = 30_000;

/** A guest declines in Google Calendar. Nothing is called after that: Convene moves the meeting. */
export async function playSecondAct(
  stage: Stage,
  [organizer, ...guests]: readonly Person[],
  { meeting_id, timezone }: { meeting_id: string; timezone: string },
  tell: Tell,
): Promise<SecondAct> {
  const [decliner] = guests;
  if (organizer === undefined || decliner === undefined) throw new Error("There is no guest");
  const status = async (): Promise<Status> =>
    (await stage.call("status", { query: `?meeting_id=${meeting_id}` })).body;
  const before = await status();
  const event_id = String(before.google_event_id);
  await stage.watchCalendar();
  const mailed = async () =>
    await Promise.all(
      guests.map(async ({ email: to }) => (await stage.google.mails({ event_id, to })).length),
    );
  const mailed_before = await mailed();

  await stage.google.reply({ email: decliner.email, event_id, responseStatus: "declined" });
  const after = await settled(status, event_id);
  const mails_per_guest = (await mailed()).map((count, i) => count - (mailed_before[i] ?? 0));
  const events = await stage.google.events({ calendar_id: organizer.email, status: "live" });
  const event = events.find(({ id }) => id === event_id);
  const move = after.move as
    | { decision: string; reason: string | null; message: string | null }
    | null;
  const has_moved = move?.decision === "moved" && after.start_time !== before.start_time &&
    Date.parse(event?.start?.dateTime ?? "") === Date.parse(String(after.start_time));
  const same_event = after.google_event_id === event_id && after.meet_link === before.meet_link &&
    event?.hangoutLink === before.meet_link && before.meet_link !== null;
  const said = (instant: unknown) => {
    const at = readMoment(String(instant), timezone);
    return `${dateText(at, "EEEE d MMMM")}, ${timeText(at)} ${zoneText(at)}`;
  };
  tell(`${decliner.name} declines in Google Calendar, and no one calls anything`, [
    `before   ${said(before.start_time)}`,
    ...(has_moved
      ? [`after    ${said(after.start_time)}: free for everyone, found by the same search`]
      : [`after    the meeting has its time: ${move?.message ?? "nothing happened"}`]),
    `event    the same: ${same_event}, Meet ${event?.hangoutLink}`,
    `mail     ${guests.map(({ name }, i) => `${name} ${mails_per_guest[i]}`).join(", ")}`,
  ]);
  return {
    moved_automatically: has_moved,
    same_event_after_move: same_event,
    mails_per_guest,
    kept_reason: move?.reason ?? null,
    moved_to: has_moved ? String(after.start_time) : null,
  };
}

/** The status once the move is decided and nothing is left to write. */
async function settled(read: () => Promise<Status>, event_id: string): Promise<Status> {
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    const status = await read();
    const move = status.move as { decision: string } | null;
    if (move !== null && move.decision !== "searching" && status.status === "created") {
      return status;
    }
    if (Date.now() >= deadline) {
      throw new Error(`The reply to ${event_id} changed nothing within ${PATIENCE_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
