import { idle } from "../_worker.ts";

/** Responds when this process has no background work left. */
export default {
  fetch: async () => {
    await idle();
    return new Response("idle\n");
  },
};
