import type { Actor } from "@shared/database/actor.ts";
import type { TaskEventDependencies } from "@shared/task_events/execute/account.ts";

export interface HandlerDependencies extends TaskEventDependencies {
  inBackground: (work: Promise<unknown>) => void;
}

/** A route gets the request and on whose behalf it is made. */
export type Route = (
  dependencies: HandlerDependencies,
  request: Request,
  actor: Actor,
) => Promise<Response>;
