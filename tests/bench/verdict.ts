/** Says whether a goal is met; a program with one that is not ends with code 1. */
export function verdict(is_met: boolean): "met" | "NOT MET" {
  if (!is_met) Deno.exitCode = 1;
  return is_met ? "met" : "NOT MET";
}
