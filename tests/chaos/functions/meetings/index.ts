import { meetingsHandler } from "../../../../supabase/functions/meetings/handler.ts";
import { chaosFunction } from "../_worker.ts";

export default chaosFunction(meetingsHandler);
