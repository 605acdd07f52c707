import {
  isBatch,
  pushHandler,
  syncHandler,
} from "../../../../supabase/functions/google-webhook/handler.ts";
import { chaosFunction } from "../_worker.ts";

const forKeys = chaosFunction(syncHandler, ["secret:*"]);
const forGoogle = chaosFunction(pushHandler, ["none"]);

export default {
  fetch: (request: Request) => (isBatch(request) ? forKeys : forGoogle).fetch(request),
};
