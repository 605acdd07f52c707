import { configureGlobal } from "fast-check-library";

/**
 * fast-check as tests import it: it draws the same values in every run, so that a run fails because of a change and not
 * because of a draw. CONVENE_TEST_SEED=7 draws others.
 */
export * from "fast-check-library";
export { default } from "fast-check-library";

configureGlobal({ seed: Number(Deno.env.get("CONVENE_TEST_SEED") ?? 20_261_130) });
