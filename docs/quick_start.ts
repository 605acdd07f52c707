import { connectedUser } from "../local/connected_user.ts";

const participants = ["ben@south.example"];
const supabase = await connectedUser("ana@north.example", participants, Deno.args);
const meeting_id = crypto.randomUUID();
const days = { earliest_date: "2030-01-07", latest_date: "2030-01-11" };
const constraints = { duration_minutes: 45, timezone: "Europe/Paris", ...days };
await supabase.from("meetings").insert({ meeting_id, participants, constraints });
await supabase.functions.invoke("write-back", { body: { meeting_id } }); // waits for the event
const { data } = await supabase.from("meetings").select("score, reasoning, meet_link");
console.log(data);
