import { writeBackHandler } from "../../../../supabase/functions/write-back/handler.ts";
import { chaosFunction } from "../_worker.ts";

export default chaosFunction(writeBackHandler);
