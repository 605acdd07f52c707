import { requeueAll } from "@shared/database/failed_work.ts";
import { finishBatch } from "@shared/database/work.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { allowanceOf, drainWoken } from "@shared/http/drain.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { log } from "@shared/http/log.ts";
import { readJson, readQuery } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { BATCH } from "@shared/schemas/webhook.ts";
import type { MeetLinkDependencies } from "@shared/writeback/fetch_meet_links.ts";
import { namingTaskEvents } from "./task_event_fault.ts";

export interface HandlerDependencies extends MeetLinkDependencies {
  inBackground: (work: Promise<unknown>) => void;
}

/** The shapes of requests, which are those of rows: a request that is refused before does not build them. */
const requests = () => import("./change_request.ts");

const DEFAULT_LIMIT = 20;
const WOKEN_ALLOWANCE = { rows: 200, slice_rows: DEFAULT_LIMIT, last_slice_ms: 60_000 };

/**
 * PATCH {meeting_id, ...} changes a meeting, DELETE ?meeting_id= cancels it, both with dry_run only as a preview; POST /requeue
 * {meeting_id} tries a failed one again and {filter} all that failed so (keys only), POST /moves {meeting_id, decision, start_time?} answers a
 * proposed time: users their own, keys any. POST /meet-links {batch, limit}
 * reads Meet links that Google had not created before (keys only).
 */
export function meetingsHandler(dependencies: HandlerDependencies): Handler {
  const { database } = dependencies;
  const routes = new Map<string, Map<string, Handler>>([
    [
      "/",
      new Map<string, Handler>([
        ["PATCH", async (request, caller) => {
          const { CHANGE_REQUEST } = await requests();
          const { asked, dry_run, changes } = await readJson(request, CHANGE_REQUEST);
          const named = { ...asked, actor: actorOf(caller) };
          const { changeOne, previewChange } = await import("./change.ts");
          const change = dry_run ? previewChange : changeOne;
          return await namingTaskEvents(
            database,
            named,
            () => change(dependencies, named, changes),
          );
        }],
        ["DELETE", async (request, caller) => {
          const { CANCEL_QUERY } = await requests();
          const { asked, dry_run } = readQuery(request, CANCEL_QUERY);
          const named = { ...asked, actor: actorOf(caller) };
          const { cancelOne, previewCancel } = await import("./cancel.ts");
          const cancel = dry_run ? previewCancel : cancelOne;
          return await namingTaskEvents(database, named, () => cancel(database, named));
        }],
      ]),
    ],
    [
      "/requeue",
      new Map<string, Handler>([
        ["POST", async (request, caller) => {
          const { REQUEUE_REQUEST } = await requests();
          const { meeting_id, filter, after } = await readJson(request, REQUEUE_REQUEST);
          if (meeting_id !== undefined) {
            const { requeue } = await import("./requeue.ts");
            return await requeue(database, { meeting_id, actor: actorOf(caller) });
          }
          requireKey(caller, "Users requeue their own meetings one by one, with meeting_id.");
          const requeued = await requeueAll(
            database,
            "requeue_meetings",
            filter ?? {},
            after ?? null,
          );
          return json({ success: true, ...requeued });
        }],
      ]),
    ],
    [
      "/moves",
      new Map<string, Handler>([
        ["POST", async (request, caller) => {
          const { MOVE_DECISION } = await requests();
          const { meeting_id, ...answer } = await readJson(request, MOVE_DECISION);
          const { decide } = await import("./decide.ts");
          return await decide(database, { meeting_id, actor: actorOf(caller) }, answer);
        }],
      ]),
    ],
    [
      "/meet-links",
      new Map<string, Handler>([
        ["POST", (request, caller) => fetchLinks(dependencies, request, caller)],
      ]),
    ],
  ]);

  return async (request, caller) => {
    const methods = routes.get(routePath(request, "meetings"));
    if (methods === undefined) throw new HttpFault("not_found", "meetings has no such path.");
    const route = methods.get(request.method);
    if (route === undefined) {
      throw new HttpFault("method_not_allowed", `Use ${[...methods.keys()].join(" or ")}.`);
    }
    return await route(request, caller);
  };
}

async function fetchLinks(
  dependencies: HandlerDependencies,
  request: Request,
  caller: Caller,
): Promise<Response> {
  requireKey(caller);
  const { limit, background } = await readJson(request, BATCH);
  const { fetchMeetLinks } = await import("@shared/writeback/fetch_meet_links.ts");
  if (background !== true) {
    return json({ success: true, ...await fetchMeetLinks(dependencies, limit ?? DEFAULT_LIMIT) });
  }
  const queue = {
    process: async (most: number) => {
      const fetched = await fetchMeetLinks(dependencies, most);
      if (fetched.looked_at > 0) log("info", "meet_links_fetched", { ...fetched });
      return fetched.looked_at;
    },
    finish: (wake: boolean) => finishBatch(dependencies.database, "meet_link", wake),
  };
  return accept(dependencies.inBackground, drainWoken(queue, allowanceOf(WOKEN_ALLOWANCE, limit)));
}
