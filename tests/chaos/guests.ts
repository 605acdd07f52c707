import type { ResponseStatus } from "../../local/google/calendar/event_types.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { Memory } from "./expected_state.ts";
import type { Random } from "./random.ts";
import type { Town } from "./fixture.ts";

/** The guests of a town, who answer invitations and remember what they answered. */
export interface Guests {
  /** Perhaps some guest of the event answers it, if it is there. */
  answer(event_id: string): Promise<void>;
  /** So many answers to whatever is in somebody's calendar. */
  answerSome(count: number): Promise<void>;
}

const ANSWERS: readonly ResponseStatus[] = ["accepted", "declined", "tentative"];

const RELUCTANT = 0.5;

export function guestsOf(
  { google }: ChaosStack,
  town: Town,
  random: Random,
  memory: Memory,
): Guests {
  // One answer at a time, so that it is known which one of a guest was the last.
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    const done = previous.then(work);
    previous = done.catch(() => {});
    return done;
  };

  async function reply(email: string, event_id: string): Promise<void> {
    const response_status = random.pick(ANSWERS);
    const removals = await google.mails({ to: email, event_id, kind: "cancellation" });
    try {
      await google.reply({ email, event_id, responseStatus: response_status });
    } catch (refusal) {
      if (isNoGuest(refusal)) return;
      throw refusal;
    }
    memory.replies.push({ event_id, email, response_status, removals_before: removals.length });
  }

  return {
    answer: (event_id) =>
      random.chance(RELUCTANT) ? Promise.resolve() : inTurn(async () => {
        const [event] = await google.events({ event_id, status: "live" });
        const invited = (event?.attendees ?? []).flatMap(({ email }) =>
          town.guests.filter((guest) => guest === email)
        );
        if (invited.length > 0) await reply(random.pick(invited), event_id);
      }),
    async answerSome(count) {
      while (count > 0) {
        const email = random.pick(town.guests);
        const events = await google.events({ calendar_id: email, status: "live" });
        const answers = Math.min(count, 5);
        count -= answers;
        if (events.length === 0) continue;
        for (let times = answers; times > 0; times--) {
          await inTurn(() => reply(email, random.pick(events).id));
        }
      }
    },
  };
}

/** The event has gone, or its organizer has taken this guest off since. */
function isNoGuest(refusal: unknown): boolean {
  return refusal instanceof Error && /refused POST \/emulator\/reply/.test(refusal.message);
}
