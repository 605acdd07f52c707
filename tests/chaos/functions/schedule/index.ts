import { scheduleHandler } from "../../../../supabase/functions/schedule/handler.ts";
import { underFire } from "../_worker.ts";

export default underFire(scheduleHandler);
