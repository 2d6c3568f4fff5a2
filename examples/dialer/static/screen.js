// Draws the telephone's state. Whoever is at the other end is written by `shown` alone, so that privacy holds everywhere.

import { shown } from "./privacy.js";
import { CALL, DEVICE, ENDED, duration } from "./wording.js";

const part = (id) => document.getElementById(id);

function text(id, words) {
  const element = part(id);
  if (element.textContent !== words) element.textContent = words; // screen readers speak what is set, changed or not
}

function show(id, is) {
  part(id).hidden = !is;
}

export function draw(state, isPrivate, identity, own) {
  document.documentElement.classList.toggle("private", isPrivate);
  part("phone").dataset.device = state.device;
  text("device-state", DEVICE[state.device]);
  text("device-note", state.note || (state.device === "ready" ? `Calls for ${identity} ring here.` : ""));
  text("online", state.device === "error" ? "Try again" : state.device === "offline" ? "Go online" : "Go offline");
  text("own", own ? `Our number is ${shown(own, isPrivate)}` : "");

  const { call } = state;
  const trouble = call?.trouble || state.trouble;
  text("trouble", trouble);
  show("trouble", trouble);
  drawCall(call, isPrivate);
  const isBusy = Boolean(call) && call.state !== "over";
  show("whom", !isBusy);
  show("place", !isBusy);
  show("dial", !isBusy || isTalking(call)); // its keypad is the call's
  part("place").disabled = !state.isPossible;
  document.title = titleOf(call, isPrivate);
}

function isTalking(call) {
  return call.state === "connected" || call.state === "reconnecting";
}

function drawCall(call, isPrivate) {
  show("call", call);
  if (!call) return text("told", "");
  const party = shown(call.party, isPrivate);
  part("call").dataset.state = call.state === "over" ? call.outcome : call.state;
  const words = call.state === "over" ? ENDED[call.outcome] : CALL[call.state];
  text("call-state", words);
  text("party", party);
  text("told", `${words}: ${party}`);
  text("keys", isPrivate ? "•".repeat(call.keys.length) : call.keys);
  text("quality", call.state === "over" ? "" : call.quality);
  show("keys", call.keys && isTalking(call));
  show("level", isTalking(call));
  show("ringing", call.state === "incoming");
  show("talking", !["incoming", "over"].includes(call.state));
  show("mute", isTalking(call));
  part("mute").classList.toggle("on", call.isMuted);
  text("mute", call.isMuted ? "Unmute" : "Mute");
  drawTimer(call);
}

// Called twice a second while a call lasts.
export function drawTimer(call) {
  const seconds = call.state === "over" ? call.seconds : call.since ? (Date.now() - call.since) / 1000 : 0;
  show("timer", call.since);
  text("timer", duration(seconds));
}

export function drawLevel(input, output) {
  part("level-in").style.setProperty("--level", Math.min(1, input).toFixed(2));
  part("level-out").style.setProperty("--level", Math.min(1, output).toFixed(2));
}

function titleOf(call, isPrivate) {
  if (call?.state === "incoming") return `☎ ${shown(call.party, isPrivate)}`;
  return call && call.state !== "over" ? "In a call - Dialer" : "Dialer";
}
