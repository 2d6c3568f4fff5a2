// A softphone for tests: one page for all of Twilio's browser SDKs, chosen by ?sdk=2.18, 2.0 or 1.12, each loaded as
// it is published. `softphone` is what tests drive: the same calls for every SDK, with a log of everything that
// happened. Calls have numbers from 0 in the order in which they came up; -1 is the newest.
"use strict";

const softphone = (() => {
  const sdk = new URLSearchParams(location.search).get("sdk") ?? "2.18";
  const isOld = sdk.startsWith("1.");
  const GLANCE = 100; // ms between two spectra: they are not for nothing, and a test has many pages
  const happened = []; // {at: ms, on: "device" | "call", what, call?, ...}
  const faults = []; // errors that nobody caught, as text
  const calls = []; // {call, connection}
  let device = null;

  window.addEventListener("error", ({ message }) => faults.push(message));
  window.addEventListener("unhandledrejection", ({ reason }) => faults.push(`${reason?.code ?? ""} ${reason?.message ?? reason}`));

  const loaded = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `/sdk/${sdk}.js`;
    script.onload = () => resolve(Twilio);
    script.onerror = () => reject(new Error(`no SDK ${sdk}`));
    document.head.append(script);
  });

  // What happens --------------------------------------------------------------------------

  const shown = (event) => `${(event.at / 1000).toFixed(3)} ${event.call ?? ""} ${event.what} ${event.code ?? ""}`;

  function log(on, what, more = {}) {
    const event = { at: performance.now(), on, what, ...more };
    happened.push(event);
    document.querySelector("#happened")?.append(shown(event), "\n");
  }

  const faultOf = (error) => ({
    code: error?.code ?? 0,
    name: error?.name ?? "",
    message: error?.message ?? String(error),
    cause: error?.originalError?.code ?? error?.twilioError?.code ?? 0,
  });

  const DETAILS = {
    error: (error) => faultOf(error),
    messageReceived: (message) => ({ message: toldBy(message) }),
    messageSent: (message) => ({ message: toldBy(message) }),
    mute: (isMuted) => ({ isMuted }),
    reconnecting: (error) => faultOf(error),
    ringing: (hasEarlyMedia) => ({ hasEarlyMedia: Boolean(hasEarlyMedia) }),
    warning: (name) => ({ name: String(name) }),
    "warning-cleared": (name) => ({ name: String(name) }),
  };
  const CALL_EVENTS = ["accept", "cancel", "disconnect", "reconnected", "reject", ...Object.keys(DETAILS)];
  // The events of a 1.x device that say something, under the names of 2.x; its others repeat those of calls.
  const DEVICE_EVENTS = isOld
    ? { ready: "registered", offline: "unregistered", error: "error" }
    : { registering: "registering", registered: "registered", unregistered: "unregistered", error: "error", destroyed: "destroyed", tokenWillExpire: "tokenWillExpire" };

  function toldBy(message) {
    const { content, contentType, messageType, voiceEventSid } = message;
    return { content, contentType, messageType, voiceEventSid };
  }

  function adopt(call) {
    const known = calls.findIndex((one) => one.call === call);
    if (known >= 0) return known;
    const number = calls.push({ call, connection: null }) - 1;
    for (const what of CALL_EVENTS) {
      call.on(what, (first) => log("call", what, { call: number, ...(DETAILS[what]?.(first) ?? {}) }));
    }
    return number;
  }

  function listen() {
    for (const [theirs, what] of Object.entries(DEVICE_EVENTS)) {
      device.on(theirs, (first) => log("device", what, what === "error" ? faultOf(first) : {}));
    }
    device.on("incoming", (call) => log("device", "incoming", { call: adopt(call), parameters: call.parameters }));
  }

  // Waits until `found()` gives something but false, null and undefined, looked at every `pause` ms; gives null after `ms`.
  async function until(found, ms, pause = 20) {
    const end = performance.now() + ms;
    for (;;) {
      const value = await found();
      if (value !== false && value !== null && value !== undefined) return value;
      if (performance.now() > end) return null;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  const fits = (event, like) => Object.entries(like).every(([name, value]) => event[name] === value);

  // The `times`-th event like this, waited for.
  const expect = (like, times, ms) => until(() => happened.filter((event) => fits(event, like))[times - 1], ms);

  // What a person does --------------------------------------------------------------------

  const entry = (number = -1) => {
    const found = calls.at(number);
    if (!found) throw new Error(`there is no call ${number}`);
    return found;
  };

  async function setup(token, options = {}) {
    const { Device } = await loaded;
    if (isOld) {
      device = new Device();
      listen();
      device.setup(token, { enableRingingState: true, ...options });
    } else {
      device = new Device(token, options);
      listen();
    }
  }

  const latest = (from, ...names) => happened.slice(from).find((event) => event.on === "device" && names.includes(event.what));

  // 1.x registers by itself as it is set up, and again when told to; it gives no promise, so its events are waited for.
  async function settled(act, what) {
    const from = happened.length;
    act();
    const event = await until(() => latest(from, what, "error"), 60_000);
    if (event?.what !== what) throw event ?? new Error(`never ${what}`);
  }

  async function register() {
    if (!isOld) return registered();
    if (device.status() === "ready") return;
    const isUnderWay = !latest(0, "unregistered");
    await settled(() => isUnderWay || device.registerPresence(), "registered");
  }

  // What 2.x rejects with when the service closes the connection is nothing: the reason came as an event before.
  async function registered() {
    const from = happened.length;
    try {
      await device.register();
    } catch (error) {
      throw error ?? latest(from, "error");
    }
  }

  async function unregister() {
    if (!isOld) return device.unregister();
    await settled(() => device.unregisterPresence(), "unregistered");
  }

  async function call(params = {}, options = {}) {
    return adopt(isOld ? device.connect(params) : await device.connect({ params, ...options }));
  }

  function sendMessage(content, kind = {}, number) {
    return entry(number).call.sendMessage({ content, contentType: "application/json", messageType: "user-defined-message", ...kind });
  }

  // Looking -------------------------------------------------------------------------------

  // Held on to: a call that is over forgets its stream.
  function connectionOf(number) {
    const found = entry(number);
    found.connection ??= senses.connectionOf(found.call.getRemoteStream?.());
    return found.connection;
  }

  function deviceState() {
    if (isOld) return { state: device.status(), identity: null, edge: device.edge, home: null, isBusy: Boolean(device.activeConnection()) };
    return { state: device.state, identity: device.identity, edge: device.edge, home: device.home, isBusy: device.isBusy };
  }

  function callState(number) {
    const { call: one } = entry(number);
    return {
      status: one.status(),
      direction: one.direction.toLowerCase(),
      parameters: { ...one.parameters },
      custom: Object.fromEntries(one.customParameters ?? []),
      isVerified: one.callerInfo?.isVerified ?? null,
      isMuted: one.isMuted(),
    };
  }

  // Whether sound can flow, waited for: `accept` says only that both sides agree (official-clients B7).
  const connected = (number, ms) => until(() => connectionOf(number)?.peer.connectionState === "connected", ms);

  // What a call brings just now; null before there is enough of it.
  async function heard(number, wanted = []) {
    const ear = connectionOf(number)?.ear;
    return ear ? senses.heard(ear, wanted) : null;
  }

  // What `judge` approves of in what a call brings, waited for; null when that never comes.
  const hear = (number, ms, wanted, judge) =>
    until(async () => {
      const found = await heard(number, wanted);
      return found && judge(found) ? found : null;
    }, ms, GLANCE);

  const sum = (parts) => parts.reduce((total, part) => total + part, 0);

  // These tones at once, and hardly anything else.
  function hears(wanted, number, ms) {
    const isAll = ({ rms, parts }) => rms > 0.01 && sum(parts) > 0.8 && Math.min(...parts) > 0.3 / parts.length;
    return hear(number, ms, wanted, isAll);
  }

  const hearsNothing = (number, ms) => hear(number, ms, [], ({ rms }) => rms < 0.002);

  // The SDK's own test of a connection; its report, or its fault.
  function preflight(token, options = {}) {
    return new Promise((resolve, reject) => {
      const test = Twilio.Device.runPreflight ? Twilio.Device.runPreflight(token, options) : Twilio.Device.testPreflight(token, options);
      test.on("completed", (report) => resolve(JSON.parse(JSON.stringify(report))));
      test.on("failed", reject);
    });
  }

  const commands = {
    setup,
    register,
    unregister,
    call,
    accept: (number) => entry(number).call.accept(),
    reject: (number) => entry(number).call.reject(),
    ignore: (number) => entry(number).call.ignore(),
    hangup: (number) => entry(number).call.disconnect(),
    mute: (isMuted = true, number = -1) => entry(number).call.mute(isMuted),
    digits: (keys, number) => entry(number).call.sendDigits(keys),
    sendMessage,
    updateToken: (token) => device.updateToken(token),
    destroy: () => device.destroy(),
    preflight,
    deviceState,
    callState,
    heard: async (number) => (await heard(number)) ?? { rms: 0, hertz: 0, purity: 0, parts: [] },
    tape: (number) => (connectionOf(number)?.ear ? senses.tape(connectionOf(number).ear) : null),
    rtp: (number) => (connectionOf(number) ? senses.rtp(connectionOf(number)) : null),
    connected,
    hears,
    hearsNothing,
    expect,
  };

  // One way in for tests: JSON of {value} or {fault}.
  async function ask(command, ...given) {
    try {
      return JSON.stringify({ value: (await commands[command](...given)) ?? null });
    } catch (error) {
      return JSON.stringify({ fault: faultOf(error) });
    }
  }

  return { ask, loaded, happened, faults, calls, commands };
})();
