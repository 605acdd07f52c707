import { scheduleHandler } from "../../../../supabase/functions/schedule/handler.ts";
import { chaosFunction } from "../_worker.ts";

export default chaosFunction(scheduleHandler);
