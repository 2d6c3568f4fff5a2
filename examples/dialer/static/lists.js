// The voicemails and the calls so far. Rows are kept while they are listed: one that is being played is not drawn anew.

import { shown } from "./privacy.js";
import { deleteVoicemail, soundOf } from "./server.js";
import { ENDED, duration, moment } from "./wording.js";

const part = (id) => document.getElementById(id);
const KEPT = 50;
const DOUBT = 4_000; // milliseconds in which a second press deletes

function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...inside);
  return element;
}

function button(words, press) {
  const made = make("button", "small", words);
  made.type = "button";
  made.addEventListener("click", () => press(made));
  return made;
}

function canBeCalled(party) {
  return /^(\+[0-9]{4,15}|client:\w+)$/.test(party) && shown(party, false) !== "Withheld number";
}

// One row: who, when, and what can be done about it. `draw(isPrivate)` writes who it is.
function row(party, about, callBack, ...more) {
  const who = make("strong", "");
  const actions = make("div", "row");
  const back = button("Call", () => callBack(party));
  actions.append(...more);
  if (canBeCalled(party)) actions.prepend(back);
  const element = make("li", "", make("div", "who", who, make("span", "hint", about)), actions);
  const draw = (isPrivate) => {
    who.textContent = shown(party, isPrivate);
    back.setAttribute("aria-label", `Call ${who.textContent}`);
    element.querySelector("audio")?.setAttribute("aria-label", `Message from ${who.textContent}`);
  };
  return { element, draw };
}

// What cannot be done is said above the list.
async function attempt(act) {
  part("voicemail-error").hidden = true;
  try {
    await act();
  } catch (error) {
    part("voicemail-error").textContent = error.message;
    part("voicemail-error").hidden = false;
  }
}

export class Voicemails {
  #rows = new Map();
  #callBack;

  constructor(callBack) {
    this.#callBack = callBack;
  }

  // What the server lists, the newest first.
  take(listed, isPrivate) {
    const rows = listed.map((message) => [message.sid, this.#rows.get(message.sid) ?? this.#row(message)]);
    const isSame = rows.length === this.#rows.size && rows.every(([sid]) => this.#rows.has(sid));
    this.#rows = new Map(rows);
    if (!isSame) part("voicemails").replaceChildren(...rows.map(([, { element }]) => element));
    this.draw(isPrivate);
  }

  draw(isPrivate) {
    part("no-voicemail").hidden = this.#rows.size > 0;
    for (const { draw } of this.#rows.values()) draw(isPrivate);
  }

  #row({ sid, caller, at, seconds }) {
    const play = button("Play", (pressed) => this.#play(sid, pressed));
    return row(caller, `${moment(at)}, ${duration(seconds)}`, this.#callBack, play, this.#deleteButton(sid));
  }

  // The whole message is fetched, so that one can go to and fro in it.
  #play(sid, pressed) {
    pressed.disabled = true;
    return attempt(async () => {
      const sound = document.createElement("audio");
      Object.assign(sound, { controls: true, src: URL.createObjectURL(await soundOf(sid)) });
      const { element, draw } = this.#rows.get(sid);
      element.append(sound);
      draw(document.documentElement.classList.contains("private"));
      pressed.remove();
      sound.focus();
      await sound.play();
    }).finally(() => {
      pressed.disabled = false;
    });
  }

  #deleteButton(sid) {
    let isSure = false;
    return button("Delete", async (pressed) => {
      if (!isSure) {
        isSure = true;
        pressed.textContent = "Really delete?";
        setTimeout(() => {
          isSure = false;
          pressed.textContent = "Delete";
        }, DOUBT);
        return;
      }
      await attempt(async () => {
        await deleteVoicemail(sid);
        this.#rows.get(sid)?.element.remove();
        this.#rows.delete(sid);
        part("no-voicemail").hidden = this.#rows.size > 0;
      });
    });
  }
}

// The calls of this tab, kept until it is closed or somebody signs out.
export class History {
  #records = JSON.parse(sessionStorage.getItem("calls") ?? "[]");
  #rows = [];
  #callBack;

  constructor(callBack) {
    this.#callBack = callBack;
  }

  add(record, isPrivate) {
    this.#records = [record, ...this.#records].slice(0, KEPT);
    sessionStorage.setItem("calls", JSON.stringify(this.#records));
    this.#list(isPrivate);
  }

  forget() {
    sessionStorage.removeItem("calls");
    this.#records = [];
    this.#list(false);
  }

  draw(isPrivate) {
    if (this.#rows.length !== this.#records.length) return this.#list(isPrivate);
    for (const { draw } of this.#rows) draw(isPrivate);
  }

  #list(isPrivate) {
    this.#rows = this.#records.map(({ at, direction, party, outcome, seconds }) => {
      const way = direction === "incoming" ? "from" : "to";
      const how = seconds ? duration(seconds) : ENDED[outcome].toLowerCase();
      const made = row(party, `${moment(at)}, ${how}`, this.#callBack);
      made.element.dataset.way = way;
      return made;
    });
    part("history").replaceChildren(...this.#rows.map(({ element }) => element));
    part("no-history").hidden = this.#rows.length > 0;
    for (const { draw } of this.#rows) draw(isPrivate);
  }
}
