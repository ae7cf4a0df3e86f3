/** The front door: middleware in order, then a router per noun. */
import { bodyLimit } from "./middleware/body-limit.ts";
import { deps } from "./middleware/deps.ts";
import { secureHeaders } from "./middleware/headers.ts";
import { logRequest } from "./middleware/log.ts";
import { ownOrigin } from "./middleware/origin.ts";
import { requestId } from "./middleware/request-id.ts";
import { onError } from "./on-error.ts";
import { problem } from "./problem.ts";
import { createRouter } from "./router.ts";
import { apiKeys } from "./routes/api-keys.ts";
import { auth } from "./routes/auth.ts";
import { campaignActs } from "./routes/campaign-acts.ts";
import { campaignReports } from "./routes/campaign-reports.ts";
import { campaigns } from "./routes/campaigns.ts";
import { connections } from "./routes/connections.ts";
import { preferences } from "./routes/hosted/preferences.ts";
import { unsubscribe } from "./routes/hosted/unsubscribe.ts";
import { view } from "./routes/hosted/view.ts";
import { members } from "./routes/members.ts";
import { sandbox } from "./routes/sandbox.ts";
import { settings } from "./routes/settings.ts";
import { suppressions } from "./routes/suppressions.ts";
import { system } from "./routes/system.ts";
import { track } from "./routes/track.ts";
import { webhooks } from "./routes/webhooks.ts";

export const app = createRouter();

app.use(requestId(), deps(), logRequest(), secureHeaders(), bodyLimit(), ownOrigin());
app.onError(onError);
app.notFound((c) => problem(c, { kind: "not_found", what: "route" }));

app.route("/", system);
app.route("/", auth);
app.route("/", settings);
app.route("/", members);
app.route("/", apiKeys);
app.route("/", suppressions);
app.route("/", campaigns);
app.route("/", campaignActs);
app.route("/", campaignReports);
app.route("/", connections);
app.route("/", sandbox);
app.route("/", webhooks);
app.route("/", track);
app.route("/", unsubscribe);
app.route("/", preferences);
app.route("/", view);
