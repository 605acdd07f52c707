import { googleAuthorizations } from "@shared/connections/authorizations.ts";
import { openGoogle } from "@shared/connections/open_google.ts";
import { returnUrls } from "@shared/connections/return_urls.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import { connect } from "@shared/database/connect.ts";
import { googleConfiguration } from "@shared/google/configuration.ts";
import { googleOAuth } from "@shared/google/oauth.ts";
import { anonymousUsersAllowed } from "@shared/database/anonymous_users.ts";
import { builtOnce, refuseAnonymousUser } from "@shared/http/edge_function.ts";
import type { Environment } from "@shared/http/edge_function.ts";
import { serve } from "@shared/http/serve.ts";
import { googleAuth, isCallback } from "./handler.ts";
import type { GoogleAuth } from "./handler.ts";

const handler = builtOnce(build);

function build(env: Environment): GoogleAuth {
  const database = connect();
  const oauth = googleOAuth(googleConfiguration(env).oauth);
  const cipher = tokenCipher(env.CONVENE_TOKEN_KEYS);
  const now = () => new Date();
  const redirect_uri = env.GOOGLE_REDIRECT_URL ||
    `${env.SUPABASE_URL}/functions/v1/google-auth/callback`;
  return googleAuth({
    ...openGoogle(env, database, now),
    database,
    oauth,
    cipher,
    now,
    return_urls: returnUrls(env.CONVENE_APP_URLS),
    authorizations: googleAuthorizations({ database, oauth, cipher, now, redirect_uri }),
  });
}

const forUsers = serve(["user"], async (request, caller) => {
  await refuseAnonymousUser(request, caller, anonymousUsersAllowed);
  return await handler().forUsers(request, caller);
});
// Google sends the browser here without any credentials; the state it carries is the credential.
const forAnyone = serve(["none"], (request) => handler().callback(request));

export default {
  fetch: (request: Request) => (isCallback(request) ? forAnyone : forUsers)(request),
};
