// The page: signs people in, and joins the telephone, the screen and the lists.

import { keypad } from "./keypad.js";
import { History, Voicemails } from "./lists.js";
import { Phone } from "./phone.js";
import { shown } from "./privacy.js";
import { draw, drawLevel, drawTimer } from "./screen.js";
import * as server from "./server.js";

const part = (id) => document.getElementById(id);
const { sdk, edge } = document.documentElement.dataset;
const LOOK = 5_000; // milliseconds between two looks for voicemails

let identity = "";
let own = ""; // our number
let isPrivate = localStorage.getItem("privacy") === "on";

const phone = new Phone({
  sdk,
  edge,
  newToken: server.newToken,
  level: drawLevel,
  changed: () => drawAll(),
  signedOut: () => leave("You were signed out. Please sign in again."),
  ended: (record) => {
    if (!identity) return;
    history.add(record, isPrivate);
    look();
  },
});
const history = new History((party) => dial(party));
const voicemails = new Voicemails((party) => dial(party));

function drawAll() {
  draw(phone.state, isPrivate, identity, own);
  drawTyped();
}

// In privacy mode the field shows dots, and beneath it as much as may be seen.
function drawTyped() {
  const typed = part("to").value.replace(/[^+0-9]/g, "");
  part("to-shown").textContent = isPrivate && /^\+[0-9]{4,15}$/.test(typed) ? shown(typed, true) : "";
}

// Signing in and out ------------------------------------------------------------------------

function enter(name) {
  identity = name;
  part("login").hidden = true;
  part("desk").hidden = part("bar").hidden = false;
  part("password").value = "";
  history.draw(isPrivate);
  drawAll();
  look();
  phone.goOnline();
}

function leave(sentence = "") {
  identity = own = "";
  phone.end();
  history.forget();
  voicemails.take([], isPrivate);
  part("desk").hidden = part("bar").hidden = true;
  part("login").hidden = false;
  complain("login-error", sentence);
  part("user").focus();
}

function complain(id, sentence) {
  part(id).textContent = sentence;
  part(id).hidden = !sentence;
}

part("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("login-error", "");
  try {
    enter((await server.signIn(part("user").value.trim(), part("password").value)).identity);
    part("to").focus();
  } catch (error) {
    complain("login-error", error.message);
    part("password").select();
  }
});

part("logout").addEventListener("click", async () => {
  await server.signOut().catch(() => {});
  leave();
});

// Dialling ----------------------------------------------------------------------------------

async function dial(typed) {
  if (phone.isBusy) return;
  part("to-error").textContent = "";
  part("to").removeAttribute("aria-invalid");
  try {
    const { to } = await server.checkNumber(typed);
    part("to").value = "";
    drawTyped();
    await phone.call(to);
    part("hangup").focus();
  } catch (error) {
    if (error.status === 401) return leave(error.message);
    part("to-error").textContent = error.message;
    part("to").setAttribute("aria-invalid", "true");
    part("to").focus();
  }
}

part("dial").addEventListener("submit", (event) => {
  event.preventDefault();
  dial(part("to").value);
});
part("to").addEventListener("input", () => {
  part("to-error").textContent = "";
  part("to").removeAttribute("aria-invalid");
  drawTyped();
});
part("erase").addEventListener("click", () => {
  part("to").value = part("to").value.slice(0, -1);
  part("to").dispatchEvent(new Event("input"));
});
keypad(part("keypad"), part("to"), () => phone.isTalking, (key) => phone.press(key));

// The call ----------------------------------------------------------------------------------

part("accept").addEventListener("click", () => {
  phone.accept();
  part("hangup").focus();
});
part("reject").addEventListener("click", () => phone.reject());
part("hangup").addEventListener("click", () => phone.hangUp());
part("mute").addEventListener("click", () => phone.mute());
part("online").addEventListener("click", () => (phone.state.device === "offline" || phone.state.device === "error" ? phone.goOnline() : phone.goOffline()));
setInterval(() => phone.isBusy && drawTimer(phone.state.call), 500);

// Privacy and voicemail ---------------------------------------------------------------------

part("privacy").checked = isPrivate;
part("privacy").addEventListener("change", () => {
  isPrivate = part("privacy").checked;
  localStorage.setItem("privacy", isPrivate ? "on" : "off");
  drawAll();
  history.draw(isPrivate);
  voicemails.draw(isPrivate);
});

async function look() {
  if (!identity || document.hidden) return;
  try {
    const listed = await server.listVoicemails();
    if (!identity) return;
    voicemails.take(listed.voicemails, isPrivate);
    if (own !== listed.number) {
      own = listed.number;
      drawAll();
    }
  } catch (error) {
    if (error.status === 401) leave(error.message);
  }
}
setInterval(look, LOOK);
document.addEventListener("visibilitychange", look);

// A browser that is signed in already goes on by itself.
try {
  const { identity: name } = await server.whoAmI();
  if (name) enter(name);
  else leave();
} catch (error) {
  leave(error.message);
}
