// Hands what a call brings to the page, as 16-bit samples in blocks of some 40 ms.

const BLOCK = 2048;

class Listener extends AudioWorkletProcessor {
  block = new Int16Array(BLOCK);
  filled = 0;

  process([input]) {
    for (const value of input[0] ?? []) {
      this.block[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(value * 32768)));
      if (this.filled === BLOCK) {
        this.port.postMessage(this.block);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("listener", Listener);
