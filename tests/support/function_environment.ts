/** What Supabase sets for every function, and Convene's own secrets. No server listens at these addresses. */
export const FUNCTION_ENVIRONMENT = {
  SUPABASE_URL: "https://project.supabase.example",
  SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: "sb_publishable_of_a_test" }),
  SUPABASE_SECRET_KEYS: JSON.stringify({
    default: "sb_secret_of_a_test",
    automations: "sb_secret_of_another_test",
  }),
  SUPABASE_JWKS: JSON.stringify({ keys: [] }),
  GOOGLE_CLIENT_ID: "client.example",
  GOOGLE_CLIENT_SECRET: "secret-of-a-test",
  CONVENE_TOKEN_KEYS: `k1:${btoa("0123456789abcdef0123456789abcdef")}`,
  CONVENE_APP_URLS: "https://app.example/",
};
