import { finishBatch } from "@shared/database/work.ts";
import { actorOf, requireKey } from "@shared/http/caller.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { lookOnceMore } from "@shared/http/look_once_more.ts";
import { log } from "@shared/http/log.ts";
import { readJson, readQuery } from "@shared/http/request.ts";
import { accept, json } from "@shared/http/respond.ts";
import { routePath } from "@shared/http/route_path.ts";
import type { Caller, Handler } from "@shared/http/serve.ts";
import { BATCH } from "@shared/schemas/webhook.ts";
import { fetchMeetLinks } from "@shared/writeback/fetch_meet_links.ts";
import type { MeetLinkDependencies } from "@shared/writeback/fetch_meet_links.ts";
import { cancel } from "./cancel.ts";
import { change } from "./change.ts";
import { CANCEL_QUERY, CHANGE_REQUEST, REQUEUE_REQUEST } from "./change_request.ts";
import { requeue } from "./requeue.ts";

export interface HandlerDependencies extends MeetLinkDependencies {
  inBackground: (work: Promise<unknown>) => void;
}

const DEFAULT_LIMIT = 20;

/**
 * PATCH {meeting_id, ...} changes a meeting, DELETE ?meeting_id= cancels it, POST /requeue
 * {meeting_id} tries a failed one again: users their own, keys any. POST /meet-links {batch, limit}
 * reads Meet links that Google had not created before (keys only).
 */
export function meetingsHandler(dependencies: HandlerDependencies): Handler {
  const { database } = dependencies;
  const routes = new Map<string, Map<string, Handler>>([
    [
      "/",
      new Map<string, Handler>([
        ["PATCH", async (request, caller) => {
          const { asked, changes } = await readJson(request, CHANGE_REQUEST);
          return await change(database, { ...asked, actor: actorOf(caller) }, changes);
        }],
        ["DELETE", (request, caller) => {
          const asked = readQuery(request, CANCEL_QUERY);
          return cancel(database, { ...asked, actor: actorOf(caller) });
        }],
      ]),
    ],
    [
      "/requeue",
      new Map<string, Handler>([
        ["POST", async (request, caller) => {
          const asked = await readJson(request, REQUEUE_REQUEST);
          return await requeue(database, { ...asked, actor: actorOf(caller) });
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
  if (background !== true) {
    return json({ success: true, ...await fetchMeetLinks(dependencies, limit ?? DEFAULT_LIMIT) });
  }
  const fetchAll = async () => {
    const fetched = await fetchMeetLinks(dependencies, limit ?? DEFAULT_LIMIT);
    log("info", "meet_links_fetched", { ...fetched });
    if (limit === undefined && fetched.looked_at >= DEFAULT_LIMIT) {
      await finishBatch(dependencies.database, "meet_link", true);
    }
  };
  return accept(dependencies.inBackground, lookOnceMore(fetchAll(), fetchAll));
}
