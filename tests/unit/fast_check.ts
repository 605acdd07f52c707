import { configureGlobal } from "fast-check";

/**
 * fast-check as tests import it, by this path: it draws the same values in every run, so that a run fails because of a change and not
 * because of a draw. CONVENE_TEST_SEED=7 draws others.
 */
export * from "fast-check";
export { default } from "fast-check";

configureGlobal({ seed: Number(Deno.env.get("CONVENE_TEST_SEED") ?? 20_261_130) });
