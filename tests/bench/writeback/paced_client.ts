/**
 * The least that anyone can do: sends the inserts that it reads from standard input to Google, three at a
 * time on each calendar and as many a minute and user as Google allows, and prints {"seconds": number}.
 */
export interface PacedWork {
  google_url: string;
  at_once: number;
  per_user_a_minute: number;
  calendars: { access_token: string; bodies: string[] }[];
}

const WARM_UP_REQUESTS = 20;
const MINUTE_MS = 60_000;
/** The server counts when a request arrives, which is later than when it was sent. */
const MARGIN_MS = 50;

const work: PacedWork = JSON.parse(await new Response(Deno.stdin.readable).text());
const url =
  `${work.google_url}/calendar/v3/calendars/primary/events?sendUpdates=all&conferenceDataVersion=1`;

// The first requests of a process load what fetch needs and have it compiled. Without a token they count for no account.
for (let i = 0; i < WARM_UP_REQUESTS; i++) {
  await (await fetch(url, { method: "POST", body: work.calendars[0]?.bodies[0] ?? "" })).text();
}

const began = performance.now();
await Promise.all(work.calendars.map(writeAll));
const seconds = (performance.now() - began) / 1000;
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify({ seconds })}\n`));

async function writeAll({ access_token, bodies }: PacedWork["calendars"][number]): Promise<void> {
  const queue = [...bodies];
  const sent: number[] = [];
  const runner = async () => {
    for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
      const counted = sent.length - work.per_user_a_minute;
      sent.push(performance.now());
      if (counted >= 0) {
        const at = sent[counted]! + MINUTE_MS + MARGIN_MS;
        sent[sent.length - 1] = at;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
      }
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
        body,
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${answer}`);
      JSON.parse(answer);
    }
  };
  await Promise.all(Array.from({ length: work.at_once }, runner));
}
