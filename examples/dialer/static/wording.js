// What the page says about the device, a call and an error. Pure.

export const DEVICE = {
  offline: "Offline",
  registering: "Connecting",
  ready: "Ready",
  error: "Out of order",
};

export const CALL = {
  connecting: "Connecting",
  calling: "Ringing",
  incoming: "Incoming call",
  connected: "Connected",
  reconnecting: "Connection lost, trying again",
};

// How a call ended: on the card, and in the list.
export const ENDED = {
  ended: "Call ended",
  unanswered: "Not answered",
  missed: "Missed call",
  rejected: "Rejected",
  cancelled: "Cancelled",
  failed: "Call failed",
};

export const WARNINGS = {
  "high-rtt": "The connection is slow.",
  "high-jitter": "The connection is uneven.",
  "high-packet-loss": "Parts of the sound are lost.",
  "high-packets-lost-fraction": "Parts of the sound are lost.",
  "low-mos": "The sound is poor.",
  "low-bytes-received": "Nothing is heard from the other end.",
  "low-bytes-sent": "Nothing reaches the other end.",
  "ice-connectivity-lost": "The sound is interrupted.",
  "constant-audio-input-level": "Your microphone seems to be silent.",
};

const REFUSED = "The telephone service refuses this page: its keys, or its TwiML application, are not known there.";
const LOST = "There is no connection to the telephone service. It is tried again.";
const SENTENCES = {
  20101: REFUSED,
  20104: "The permission to call has expired. It is renewed.",
  20151: REFUSED,
  31000: LOST,
  31001: "The TwiML application does not exist.",
  31002: "The call was declined.",
  31003: "The call took too long to be set up.",
  31005: LOST,
  31009: LOST,
  31201: REFUSED,
  31202: REFUSED,
  31203: REFUSED,
  31204: REFUSED,
  31205: "The permission to call has expired. It is renewed.",
  31206: "The telephone service was asked too often. Wait a little.",
  31207: REFUSED,
  31401: "The browser was not allowed to use the microphone. Allow it beside this page's address, then try again.",
  31402: "The microphone cannot be used: perhaps there is none, or another program has it.",
  31404: "This number could not be found.",
  31480: "The other end cannot be reached right now.",
  31486: "The line is busy.",
  31603: "The call was declined.",
  53000: LOST,
  53405: "The sound of the call was lost.",
};

// A sentence for an error of the SDK, with its code for whoever looks it up. Its own text may hold a number: not shown.
export function sentenceOf(error) {
  const code = error?.code;
  return `${SENTENCES[code] ?? "Something went wrong."}${code ? ` (${code})` : ""}`;
}

// Seconds as 0:00 or 1:02:03.
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// Unix seconds as a time of today, or a day and a time.
export function moment(at, now = Date.now() / 1000) {
  const [then, today] = [new Date(at * 1000), new Date(now * 1000)];
  const time = then.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}
