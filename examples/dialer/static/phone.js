// The telephone: a device of the SDK and its one call, as a state that the page draws. It knows no page.
//
//   device:  offline > registering > ready;  error, with a sentence in `trouble`
//   call:    incoming or connecting > calling > connected <> reconnecting;  over, with `outcome` one of ENDED

import { WARNINGS, moment, sentenceOf } from "./wording.js";

const EXPIRED = [20104, 31205];
const REFUSALS = [20101, 20151, 31201, 31202, 31203, 31204, 31207];
const RENEW_BEFORE = 30_000; // milliseconds before a token expires
const AGAIN = 5_000; // milliseconds until a token is asked for once more
const KEY = 250; // milliseconds that a key takes: browsers forget the keys before when they are given others too early

export class Phone {
  #settings;
  #device = null;
  #call = null;
  #isWanted = false;
  #isRefused = false;
  #keys = ""; // pressed and not yet sent
  #sending = null;

  // sdk: its URL; edge: its option; newToken() -> {token}; changed(state); ended(record); signedOut();
  // level(input, output), each from 0 to 1.
  constructor(settings) {
    this.#settings = settings;
    this.state = { device: "offline", note: "", trouble: "", isPossible: false, call: null };
  }

  #set(changes) {
    Object.assign(this.state, changes);
    this.#settings.changed(this.state);
  }

  #setCall(changes) {
    this.#set({ call: { ...this.state.call, ...changes } });
  }

  // The device ----------------------------------------------------------------------------

  async goOnline() {
    this.#isWanted = true;
    this.#isRefused = false;
    this.#set({ device: "registering", trouble: "", note: "" });
    try {
      const { Device } = await load(this.#settings.sdk);
      const { token } = await this.#settings.newToken();
      if (!this.#isWanted) return;
      if (this.#device) this.#device.updateToken(token);
      else this.#device = this.#listen(new Device(token, this.#options()));
      this.#set({ isPossible: true });
      if (this.#device.state === "unregistered") await this.#device.register();
    } catch (error) {
      if (error?.status === 401) return this.#settings.signedOut();
      const sentence = error?.code || !error?.message ? sentenceOf(error) : error.message;
      if (this.state.device !== "ready") this.#set({ device: "error", trouble: this.state.trouble || sentence });
    }
  }

  async goOffline() {
    this.#isWanted = false;
    if (this.#device?.state === "registered") await this.#device.unregister();
    this.#set({ device: "offline", note: "", trouble: "" });
  }

  // For good: whoever signs out is heard of no more.
  end() {
    this.#isWanted = false;
    this.#device?.destroy();
    this.#device = this.#call = null;
    this.#set({ device: "offline", note: "", trouble: "", isPossible: false, call: null });
  }

  #options() {
    const { edge } = this.#settings;
    return {
      ...(edge ? { edge } : {}),
      closeProtection: true, // ask before a page with a call is left
      enableImprovedSignalingErrorPrecision: true,
      logLevel: "silent", // its log may hold numbers
      maxCallSignalingTimeoutMs: 30_000,
      tokenRefreshMs: RENEW_BEFORE,
    };
  }

  #listen(device) {
    device.on("registering", () => this.#set({ device: "registering" }));
    device.on("registered", () => {
      this.#isRefused = false;
      this.#set({ device: "ready", trouble: "" });
    });
    device.on("unregistered", () => {
      if (!this.#isWanted) this.#set({ device: "offline" });
      else this.#set({ device: this.#isRefused ? "error" : "registering" });
    });
    device.on("tokenWillExpire", () => this.#renew("The permission to call is about to expire."));
    device.on("error", (error, call) => {
      if (call) return;
      if (EXPIRED.includes(error.code)) this.#renew("The permission to call has expired.");
      if (REFUSALS.includes(error.code)) this.#isRefused = true;
      this.#set({ trouble: sentenceOf(error), device: this.#isRefused ? "error" : this.state.device });
    });
    device.on("incoming", (call) => this.#ring(call));
    return device;
  }

  async #renew(note) {
    this.#set({ note });
    try {
      const { token } = await this.#settings.newToken();
      this.#device?.updateToken(token);
      this.#set({ note: `The permission to call was renewed at ${moment(Date.now() / 1000)}.`, trouble: "" });
      if (this.#isWanted && this.#device?.state === "unregistered") await this.goOnline();
    } catch (error) {
      if (error?.status === 401) return this.#settings.signedOut();
      this.#set({ note: `${note} ${error.message} Trying again.` });
      setTimeout(() => this.#device && this.#renew(note), AGAIN);
    }
  }

  // The call ------------------------------------------------------------------------------

  // `to` as the server has checked it: an E.164 number or client:name.
  async call(to) {
    if (this.#call || !this.#device) return;
    this.#set({ call: fresh("outgoing", to, "connecting"), trouble: "" });
    try {
      this.#follow(await this.#device.connect({ params: { To: to } }));
    } catch (error) {
      this.#over("failed", sentenceOf(error));
    }
  }

  #ring(call) {
    if (this.#call) return call.ignore();
    this.#set({ call: fresh("incoming", call.parameters.From, "incoming") });
    this.#follow(call);
  }

  #follow(call) {
    this.#call = call;
    const isIncoming = this.state.call.direction === "incoming";
    call.on("ringing", () => this.#setCall({ state: "calling" }));
    call.on("accept", () => this.#setCall({ state: "connected", since: Date.now() }));
    call.on("reconnecting", () => this.#setCall({ state: "reconnecting" }));
    call.on("reconnected", () => this.#setCall({ state: "connected" }));
    call.on("mute", (isMuted) => this.#setCall({ isMuted }));
    call.on("warning", (name) => this.#setCall({ quality: WARNINGS[name] ?? "" }));
    call.on("warning-cleared", () => this.#setCall({ quality: "" }));
    call.on("volume", (input, output) => this.#settings.level(input, output));
    call.on("error", (error) => {
      if (call === this.#call) this.#setCall({ trouble: sentenceOf(error) });
    });
    const over = (outcome) => call === this.#call && this.#over(outcome);
    call.on("cancel", () => over(isIncoming ? "missed" : "cancelled"));
    call.on("reject", () => over(isIncoming ? "rejected" : "unanswered"));
    call.on("disconnect", () => {
      const { since, isLeft, trouble } = this.state.call;
      over(since ? "ended" : trouble ? "failed" : isLeft ? "cancelled" : isIncoming ? "missed" : "unanswered");
    });
  }

  #over(outcome, trouble = this.state.call.trouble) {
    this.#call = null;
    this.#keys = "";
    const { at, direction, party, since } = this.state.call;
    const seconds = since ? (Date.now() - since) / 1000 : 0;
    this.#setCall({ state: "over", outcome, seconds, trouble });
    this.#settings.ended({ at, direction, party, outcome, seconds });
  }

  accept() {
    if (this.state.call?.state !== "incoming") return;
    this.#setCall({ state: "connecting" });
    this.#call.accept();
  }

  reject() {
    this.#call?.reject();
  }

  hangUp() {
    if (!this.#call) return;
    this.#setCall({ isLeft: true });
    this.#call.disconnect();
  }

  mute() {
    this.#call?.mute(!this.#call.isMuted());
  }

  press(key) {
    if (!this.isTalking) return;
    this.#keys += key;
    this.#setCall({ keys: this.state.call.keys + key });
    if (!this.#sending) this.#send();
  }

  #send() {
    const keys = this.#keys;
    this.#keys = "";
    this.#sending = keys && this.#call ? setTimeout(() => this.#send(), KEY * keys.length) : null;
    if (this.#sending) this.#call.sendDigits(keys);
  }

  get isTalking() {
    return this.state.call?.state === "connected";
  }

  get isBusy() {
    return Boolean(this.state.call) && this.state.call.state !== "over";
  }
}

function fresh(direction, party, state) {
  const at = Date.now() / 1000;
  return { at, direction, party, state, since: 0, isMuted: false, isLeft: false, keys: "", quality: "", trouble: "" };
}

// The SDK, loaded when it is first needed; its `Twilio`.
async function load(url) {
  if (globalThis.Twilio?.Device) return globalThis.Twilio;
  const script = document.createElement("script");
  script.src = url;
  const loaded = new Promise((resolve) => {
    script.onload = script.onerror = resolve;
  });
  document.head.append(script);
  await loaded;
  if (globalThis.Twilio?.Device) return globalThis.Twilio;
  script.remove(); // so that it can be tried again
  throw new Error(
    `The SDK could not be loaded from ${script.src}. Install it with "npm install @twilio/voice-sdk" where the server ` +
    "runs, or let SDK_FILE or SDK_URL say where it is.",
  );
}
