import { readJson } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import {
  SYNC_ORGANIZER_REQUEST,
  syncRequested,
} from "@shared/task_events/sync_organizer_request.ts";
import type { Route } from "./route.ts";

/** POST sync-organizer, as the function of that name does it. */
export const syncOrganizer: Route = async (dependencies, request, actor) =>
  json(await syncRequested(dependencies, actor, await readJson(request, SYNC_ORGANIZER_REQUEST)));
