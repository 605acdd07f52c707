import { GoogleError } from "../contract/google_error.ts";
import { etagOf } from "./event_resource.ts";
import { type Answer, type Call, ok } from "./call.ts";

/** settings.list: the settings that matter to a scheduler. */
export function listSettings(call: Call): Answer {
  return ok({
    kind: "calendar#settings",
    etag: etagOf({ version: versionOf(call) }),
    items: [...settingsOf(call)].map(([id, value]) => setting(call, id, value)),
  });
}

/** settings.get */
export function getSetting(call: Call): Answer {
  const id = call.params["setting"] ?? "";
  const value = settingsOf(call).get(id);
  if (value === undefined) throw new GoogleError("notFound");
  return ok(setting(call, id, value));
}

function settingsOf(call: Call): Map<string, string> {
  const calendar = call.world.calendars.get(call.account.email);
  return new Map([
    ["timezone", calendar?.timezone ?? call.account.timezone],
    ["locale", "en"],
    ["weekStart", "1"],
    ["format24HourTime", "true"],
    ["defaultEventLength", "60"],
  ]);
}

/** Only the zone of the primary calendar changes here. */
function versionOf({ world, account }: Call): number {
  return world.calendars.get(account.email)?.version ?? 0;
}

function setting(call: Call, id: string, value: string) {
  return { kind: "calendar#setting", etag: etagOf({ version: versionOf(call) }), id, value };
}
