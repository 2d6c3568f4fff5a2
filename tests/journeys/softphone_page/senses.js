// The page's mouth and ears. It is loaded before the SDK, which stays as it is: the microphone is a tone whose pitch a
// test chooses, and every connection and socket that the SDK makes is remembered, so that a test hears what a call
// brings, counts its packets and cuts its signalling.
//
// ?microphone=device leaves the browser's own (fake) microphone, ?microphone=denied is a person who says no;
// ?ears=recorder is for a browser whose AudioContext stands still for want of a sound card.
"use strict";

const senses = (() => {
  const KEPT = 30; // seconds of sound
  const FRAMES = 2000; // newest messages of the signalling
  const LINES = 8192; // samples of a spectrum: 6 Hz from line to line at 48 kHz
  const RATE = 48000; // samples a second of what was recorded
  const chosen = new URLSearchParams(location.search);
  const mode = chosen.get("microphone") ?? "tone";
  const connections = []; // {peer, ear}
  const sockets = [];
  const frames = []; // {at, way: "in" | "out", type}

  // Speaking -----------------------------------------------------------------------------

  let context, voice, loudness;

  function sound() {
    if (!context) {
      context = new AudioContext({ sinkId: { type: "none" } }); // a browser has loudspeakers for some 50 only
      voice = new OscillatorNode(context, { frequency: 440 });
      loudness = new GainNode(context, { gain: 0 });
      voice.connect(loudness);
      voice.start();
      context.loaded = context.audioWorklet.addModule("listener.js");
    }
    return context;
  }

  // From now on every call's microphone has this pitch in hertz, or silence at 0; `level` is from 0 to 1.
  function speak(hertz, level = 0.5) {
    if (mode !== "tone") throw new Error(`the microphone of this page is ${mode}`);
    const now = sound().currentTime;
    if (hertz) voice.frequency.setValueAtTime(hertz, now);
    loudness.gain.setValueAtTime(hertz ? level : 0, now);
  }

  async function microphone(wanted) {
    if (mode === "denied") throw new DOMException("Permission denied", "NotAllowedError");
    if (!wanted?.audio) throw new TypeError("At least one of audio and video must be requested");
    const stream = new MediaStreamAudioDestinationNode(sound(), { channelCount: 1 });
    loudness.connect(stream);
    await context.resume();
    return stream.stream;
  }

  if (mode !== "device") navigator.mediaDevices.getUserMedia = microphone;

  // Hearing ------------------------------------------------------------------------------

  // Hears sample by sample, in an AudioContext.
  class Ear {
    constructor(stream) {
      this.blocks = [];
      this.source = new MediaStreamAudioSourceNode(sound(), { mediaStream: stream });
      this.listen();
    }

    async listen() {
      await context.loaded;
      const listener = new AudioWorkletNode(context, "listener", { numberOfInputs: 1, channelCount: 1 });
      listener.port.onmessage = ({ data }) => {
        this.blocks.push(data);
        if (this.blocks.length * data.length > KEPT * context.sampleRate) this.blocks.shift();
      };
      this.source.connect(listener);
      listener.connect(new GainNode(context, { gain: 0 })).connect(context.destination); // what leads nowhere stands still
      await context.resume();
    }

    // The newest `count` samples, all that are kept by default; their rate.
    async newest(count = Infinity) {
      const blocks = Number.isFinite(count) ? this.blocks.slice(-Math.ceil(count / (this.blocks[0]?.length ?? 1))) : this.blocks;
      const samples = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
      let filled = 0;
      for (const block of blocks) for (const value of block) samples[filled++] = value / 32768;
      return { rate: context.sampleRate, samples: samples.slice(-count) };
    }
  }

  // Hears where no AudioContext runs, as in a Firefox on a machine without a sound card: it records what it hears.
  class RecordingEar {
    constructor(stream) {
      this.pieces = [];
      const recorder = new MediaRecorder(stream);
      recorder.ondataavailable = ({ data }) => this.pieces.push(data);
      recorder.start(100);
    }

    async newest(count = KEPT * RATE) {
      const whole = await new Blob(this.pieces).arrayBuffer();
      try {
        const audio = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(whole);
        return { rate: RATE, samples: audio.getChannelData(0).slice(-count) };
      } catch {
        return { rate: RATE, samples: new Float32Array(0) }; // a beginning that is no file yet
      }
    }
  }

  // The last sixth of a second: how loud it is (root mean square, 1 is full scale), its strongest tone in hertz, and
  // which parts of its power are that tone and each of the `wanted` ones. Null before there is so much.
  async function heard(ear, wanted = []) {
    const { rate, samples } = await ear.newest(LINES);
    if (samples.length < LINES) return null;
    const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / LINES);
    const levels = await spectrum(samples, rate);
    const power = levels.map((level) => 10 ** (level / 10));
    const total = power.reduce((sum, value) => sum + value, 0);
    const around = (line) => power.slice(Math.max(0, line - 3), line + 4).reduce((sum, value) => sum + value, 0);
    const part = (line) => (total ? around(line) / total : 0);
    const best = power.indexOf(Math.max(...power));
    const [before, at, after] = [levels[best - 1], levels[best], levels[best + 1]];
    const aside = (before - after) / (2 * (before - 2 * at + after)); // the parabola through the three
    const hertz = ((best + (Number.isFinite(aside) ? aside : 0)) * rate) / LINES;
    return { rms, hertz, purity: part(best), parts: wanted.map((each) => part(Math.round((each * LINES) / rate))) };
  }

  // The levels of LINES samples in decibels, at LINES / 2 frequencies.
  async function spectrum(samples, rate) {
    const bench = new OfflineAudioContext(1, LINES, rate);
    const buffer = new AudioBuffer({ length: LINES, sampleRate: rate });
    buffer.copyToChannel(samples, 0);
    const analyser = new AnalyserNode(bench, { fftSize: LINES, smoothingTimeConstant: 0 });
    const source = new AudioBufferSourceNode(bench, { buffer });
    source.connect(analyser).connect(bench.destination);
    source.start();
    await bench.startRendering();
    const levels = new Float32Array(LINES / 2);
    analyser.getFloatFrequencyData(levels);
    return levels;
  }

  // All that is kept, oldest first: base64 of 16-bit little-endian samples, and their rate.
  async function tape(ear) {
    const { rate, samples } = await ear.newest();
    const values = Int16Array.from(samples, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob([values]));
    });
    return { rate, samples: url.slice(url.indexOf(",") + 1) };
  }

  const Hearing = chosen.get("ears") === "recorder" ? RecordingEar : Ear;
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Peer {
    constructor(...given) {
      super(...given);
      const made = { peer: this, ear: null };
      connections.push(made);
      this.addEventListener("track", ({ track, streams }) => {
        made.track = track;
        made.ear = new Hearing(streams[0] ?? new MediaStream([track]));
      });
    }
  };

  // The connection of the call whose remote stream this is; undefined before it has one.
  function connectionOf(stream) {
    const tracks = stream?.getAudioTracks() ?? [];
    return connections.find((one) => one.track && tracks.includes(one.track));
  }

  // Signalling ---------------------------------------------------------------------------

  function note(way, data) {
    let type = data === "\n" ? "heartbeat" : "?";
    try {
      type = JSON.parse(data).type ?? type;
    } catch {}
    frames.push({ at: performance.now(), way, type });
    if (frames.length > FRAMES) frames.shift();
  }

  const Socket = window.WebSocket;
  window.WebSocket = class WebSocket extends Socket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
      this.addEventListener("message", ({ data }) => note("in", data));
    }

    send(data) {
      note("out", data);
      super.send(data);
    }
  };

  // Close the sockets that are open, as a network that fails politely.
  function cut() {
    const open = sockets.filter((socket) => socket.readyState === WebSocket.OPEN);
    for (const socket of open) socket.close();
    return open.length;
  }

  // Packets of a connection as its browser counts them.
  async function rtp({ peer }) {
    const found = { state: peer.connectionState };
    const stats = await peer.getStats();
    const codec = (id) => stats.get(id)?.mimeType ?? "";
    for (const one of stats.values()) {
      if (one.kind !== "audio" && one.mediaType !== "audio" && one.type !== "candidate-pair") continue;
      if (one.type === "inbound-rtp") {
        found.inbound = { packets: one.packetsReceived, lost: one.packetsLost, octets: one.bytesReceived };
        found.inbound.jitter = one.jitter;
        found.inbound.codec = codec(one.codecId);
      } else if (one.type === "outbound-rtp") {
        found.outbound = { packets: one.packetsSent, octets: one.bytesSent, codec: codec(one.codecId) };
      } else if (one.type === "remote-inbound-rtp") {
        found.heard = { lost: one.packetsLost, jitter: one.jitter, roundTrip: one.roundTripTime ?? null };
      }
    }
    return found;
  }

  return { speak, heard, tape, connectionOf, frames, cut, rtp };
})();
