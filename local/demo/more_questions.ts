import type { Person } from "./cast.ts";
import { candidateBars, type RankedCandidate } from "./picture.ts";
import type { Stage } from "./stage.ts";

/** What came of the questions that are only asked and never stored. */
export interface MoreAnswers {
  /** No slot fits a longer meeting, and the response names the smallest change that yields one. */
  negotiated: boolean;
  /** A participant whose calendar is not shared is neither free nor busy: the response names them. */
  refused_by_name: boolean;
  /** The same person connects and allows the organizer: now the question has an answer. */
  answered_with_permission: boolean;
}

interface Asked {
  participants: readonly Record<string, unknown>[];
  constraints: Record<string, unknown>;
  timezone: string;
}

type Tell = (heading: string, lines?: readonly string[]) => void;
type Conceded = RankedCandidate & { concession: string };

/**
 * From here on in steps of a quarter of an hour: how much the three have free together depends on the
 * week, as Europe and America change their clocks on different days.
 */
const LONG_MINUTES = 90;
const LONGEST_MINUTES = 240;

/** Asks two more questions with `dry_run`, which stores nothing and writes no event. */
export async function askMore(
  stage: Stage,
  people: readonly Person[],
  asked: Asked,
  tell: Tell,
): Promise<MoreAnswers> {
  return {
    negotiated: await negotiate(stage, people, asked, tell),
    refused_by_name: await refuse(stage, asked, tell),
    answered_with_permission: await allow(stage, people, asked, tell),
  };
}

async function negotiate(
  stage: Stage,
  people: readonly Person[],
  { participants, constraints, timezone }: Asked,
  tell: Tell,
): Promise<boolean> {
  for (let minutes = LONG_MINUTES; minutes <= LONGEST_MINUTES; minutes += 15) {
    const { status, body } = await stage.call("schedule", {
      body: {
        dry_run: true,
        participants,
        constraints: { ...constraints, duration_minutes: minutes },
      },
    });
    const conceded = ((body.conceded_candidates ?? []) as Conceded[]).slice(0, 3);
    if (status !== 422 || conceded.length === 0) continue;
    const bars = candidateBars(conceded, people, timezone);
    tell(`The same people for ${minutes} minutes: without and with concessions`, [
      String(body.message),
      ...conceded.flatMap(({ concession }, index) => [bars[index] ?? "", `    ${concession}`]),
    ]);
    return conceded.every(({ concession }) => concession !== "");
  }
  return false;
}

const NINA = { email: "nina@demo.example", name: "Nina Duarte", timezone: "Europe/Lisbon" };

async function refuse(
  stage: Stage,
  { participants, constraints }: Asked,
  tell: Tell,
): Promise<boolean> {
  await stage.google.createAccount({ ...NINA, freebusy: "private" });
  const { status, body } = await stage.call("schedule", {
    body: { dry_run: true, participants: [...participants, NINA], constraints },
  });
  tell("With a participant whose calendar is not shared: refused, with their name", [
    String(body.error),
    String(body.message),
  ]);
  return status === 422 && body.error === "calendar_unreadable" &&
    String(body.message).includes(NINA.name);
}

async function allow(
  stage: Stage,
  [organizer]: readonly Person[],
  { participants, constraints }: Asked,
  tell: Tell,
): Promise<boolean> {
  const callAsNina = await stage.join(NINA.email);
  const permission = { grantee_kind: "person", grantee: organizer?.email, level: "busy" };
  const allowed = await callAsNina("google-auth/sharing", { body: permission });
  const { status, body } = await stage.call("schedule", {
    body: { dry_run: true, participants: [...participants, NINA], constraints },
  });
  tell(`${NINA.name} connects Google and allows ${organizer?.name} to use it`, [
    `POST google-auth/sharing ${JSON.stringify(permission)}`,
    String(body.message),
  ]);
  // Whether a time suits all four depends on the week; that her calendar is read does not.
  const unknown = (body.unknown ?? []) as string[];
  return allowed.status === 200 && (status === 200 || body.error === "no_common_slot") &&
    !unknown.includes(NINA.email);
}
