import { meetingsHandler } from "../../../../supabase/functions/meetings/handler.ts";
import { underFire } from "../_worker.ts";

export default underFire(meetingsHandler);
