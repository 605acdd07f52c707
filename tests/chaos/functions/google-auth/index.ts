export { default } from "../../../../supabase/functions/google-auth/index.ts";
