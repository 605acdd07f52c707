import type { ResponseStatus } from "../../packages/google-calendar-emulator/control.ts";
import type { ChaosStack } from "./chaos_stack.ts";
import type { ExpectedState } from "./expected_state.ts";
import type { Random } from "./random.ts";
import type { Fixture } from "./fixture.ts";

/** Replies of the guests to invitations; each one is recorded in the expected state. */
export interface Guests {
  /** Sends the reply of a random guest of the event, or none: by chance, or if there is no event. */
  maybeReply(event_id: string): Promise<void>;
  /** Sends `count` replies to random events of random guests. */
  sendReplies(count: number): Promise<void>;
}

const RESPONSE_STATUSES: readonly ResponseStatus[] = ["accepted", "declined", "tentative"];

const NO_REPLY = 0.5;

export function guestsOf(
  { google }: ChaosStack,
  fixture: Fixture,
  random: Random,
  expected: ExpectedState,
): Guests {
  // One reply at a time, so that the last one of a guest is known.
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    const done = previous.then(work);
    previous = done.catch(() => {});
    return done;
  };

  async function reply(email: string, event_id: string): Promise<void> {
    const response_status = random.pick(RESPONSE_STATUSES);
    const removals = await google.mails({ to: email, event_id, kind: "cancellation" });
    try {
      await google.reply({ email, event_id, responseStatus: response_status });
    } catch (error) {
      if (isNoGuest(error)) return;
      throw error;
    }
    expected.replies.push({ event_id, email, response_status, removals_before: removals.length });
  }

  return {
    maybeReply: (event_id) =>
      random.chance(NO_REPLY) ? Promise.resolve() : inTurn(async () => {
        const [event] = await google.events({ event_id, status: "live" });
        const invited = (event?.attendees ?? []).flatMap(({ email }) =>
          fixture.guests.filter((guest) => guest === email)
        );
        if (invited.length > 0) await reply(random.pick(invited), event_id);
      }),
    async sendReplies(count) {
      while (count > 0) {
        const email = random.pick(fixture.guests);
        const events = await google.events({ calendar_id: email, status: "live" });
        const replies = Math.min(count, 5);
        count -= replies;
        if (events.length === 0) continue;
        for (let times = replies; times > 0; times--) {
          await inTurn(() => reply(email, random.pick(events).id));
        }
      }
    },
  };
}

/** The event was deleted, or the organizer has removed this guest since. */
function isNoGuest(error: unknown): boolean {
  return error instanceof Error && /refused POST \/emulator\/reply/.test(error.message);
}
