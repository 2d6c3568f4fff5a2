// What the page asks its servers: the token service, which may be elsewhere, and the page service it came from.

const tokens = document.documentElement.dataset.tokens;

// A refusal with the server's own sentence; `status` 0 when it was not reached.
export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

// The answer, when it is no refusal.
async function send(url, method, body) {
  const sent = { method, credentials: "include", cache: "no-store" };
  if (body !== undefined) Object.assign(sent, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  let answer;
  try {
    answer = await fetch(url, sent);
  } catch {
    throw new Refused("The server was not reached.", 0);
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Refused(told.error ?? `The server answered ${answer.status}.`, answer.status);
}

async function ask(url, method = "GET", body = undefined) {
  return (await send(url, method, body)).json();
}

export const signIn = (user, password) => ask(`${tokens}/login`, "POST", { user, password });
export const signOut = () => ask(`${tokens}/logout`, "POST", {});
export const whoAmI = () => ask(`${tokens}/session`);
export const newToken = () => ask(`${tokens}/token`, "POST", {});
export const checkNumber = (typed) => ask("/number", "POST", { typed });
export const listVoicemails = () => ask("/voicemails");
export const deleteVoicemail = (sid) => ask(`/voicemails/${sid}`, "DELETE");
export const soundOf = async (sid) => (await send(`/voicemails/${sid}/sound`, "GET")).blob();
