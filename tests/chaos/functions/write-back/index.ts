import { writeBackHandler } from "../../../../supabase/functions/write-back/handler.ts";
import { underFire } from "../_worker.ts";

export default underFire(writeBackHandler);
