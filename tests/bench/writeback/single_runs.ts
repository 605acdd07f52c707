import { manyMeetings } from "../../support/many_meetings.ts";
import { callFunction, type Organizer, type Stack } from "../../support/stack.ts";
import { GOOGLE_MILLISECONDS } from "./ideal.ts";
import { least, median, timed } from "./measure.ts";

export interface SingleCost {
  /** One write-back by name from request to answer, Google's 200 ms included; the middle one. */
  whole_milliseconds: number;
  /** The same without the time that the function waited for Google; the least. */
  own_milliseconds: number;
  /** An RPC that does nothing, through the same API, asked at once; the least. */
  empty_rpc_milliseconds: number;
  /** The same after as long a pause as Google takes, when everything has gone idle. */
  idle_rpc_milliseconds: number;
}

const ROUNDS = 25;

export async function singleCost(stack: Stack, organizer: Organizer): Promise<SingleCost> {
  await stack.platform.sql(
    "create or replace function public.nothing() returns void language sql as $$ select $$",
  );
  await stack.platform.sql("grant execute on function public.nothing() to service_role");
  const ids = await manyMeetings(stack, [organizer], ROUNDS);
  const apikey = stack.platform.automations_key;
  const wholes: number[] = [];
  const owns: number[] = [];
  const empties: number[] = [];
  const idles: number[] = [];
  for (const meeting_id of ids) {
    // As webhooks and jobs call it: the local gateway would sign a user's token again.
    const whole = await timed(() =>
      callFunction(stack.platform, "write-back", { apikey, body: { meeting_id } })
    );
    const [google] = await stack.platform.sql<{ duration_ms: number }>(
      "select duration_ms from public.writeback_ledger where meeting_id = $1 and step = 'answered'",
      [meeting_id],
    );
    wholes.push(whole);
    owns.push(whole - (google?.duration_ms ?? NaN));
    empties.push(await timed(() => emptyRpc(stack)));
    // As idle as everything is when a function comes back from Google with its second call.
    await new Promise((resolve) => setTimeout(resolve, GOOGLE_MILLISECONDS));
    idles.push(await timed(() => emptyRpc(stack)));
  }
  return {
    whole_milliseconds: median(wholes),
    own_milliseconds: least(owns),
    empty_rpc_milliseconds: least(empties),
    idle_rpc_milliseconds: least(idles),
  };
}

async function emptyRpc({ platform }: Stack): Promise<void> {
  const response = await fetch(`${platform.api_url}/rest/v1/rpc/nothing`, {
    method: "POST",
    headers: { apikey: platform.secret_key, "content-type": "application/json" },
    body: "{}",
  });
  if (!response.ok) throw new Error(`The empty RPC answered ${response.status}`);
  await response.body?.cancel();
}
