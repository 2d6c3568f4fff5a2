// Virtual phones for tests in JavaScript: the routes of docs/lab.md that a test needs, in a file to copy.

import assert from 'node:assert/strict';

const ROOT = process.env.LAB ?? 'http://127.0.0.1:8980/lab/v1';

export const ask = async (path, body, method = body ? 'POST' : 'GET') => {
  const headers = {'Content-Type': 'application/json'};
  const answer = await fetch(ROOT + path, {method, headers, body: body && JSON.stringify(body)});
  const told = await answer.json();
  assert.ok(answer.ok, told.message);
  return told;
};

const position = async () => (await ask('/events?limit=0')).last;

// Waits for an entry of the log behind the last one it found. Virtual time moves there, and no further.
class Log {
  constructor(after, subject = '', where = {}) {
    Object.assign(this, {after, subject, where});
  }

  async expect(kind, {contains = '', where = {}, within = 30} = {}) {
    const match = {kinds: [kind], subject: this.subject, contains, where: {...this.where, ...where}};
    const {found} = await ask('/expect', {match, after: this.after, within});
    if (!found) {
      const query = new URLSearchParams({after: this.after, subject: this.subject});
      const {entries} = await ask(`/events?${query}`);
      const happened = entries.map(({at, kind, event}) => `  ${at.toFixed(2)} ${kind} ${JSON.stringify(event)}`);
      assert.fail(`Expected ${kind} ${contains} within ${within} s. Instead:\n${happened.join('\n') || '  nothing'}`);
    }
    this.after = found.position;
    return found;
  }
}

class Call {
  constructor(sid, after) {
    this.sid = sid;
    this.log = new Log(after, sid);
  }

  answer = () => ask(`/calls/${this.sid}/answer`, {});
  press = (keys) => ask(`/calls/${this.sid}/press`, {keys});
  say = (text) => ask(`/calls/${this.sid}/say`, {text});
  hangUp = () => ask(`/calls/${this.sid}/hang-up`, {});

  expectSpeech = async (contains = '', within = 30) =>
    (await this.log.expect('PhoneHeard', {contains, within, where: {kind: 'speech'}})).event.text;
  expectTone = async (contains = '', within = 30) =>
    (await this.log.expect('PhoneHeard', {contains, within, where: {kind: 'tone'}})).event.text;
  expectBridge = (within = 30) => this.log.expect('CallBridged', {within});
  expectHangup = async (within = 60) => (await this.log.expect('PhoneReleased', {within})).event.cause;
}

export class Phone {
  // In the test's hand it rings and waits; `behaviour` makes it act by itself: {answering: 'busy'}.
  static async take(number, behaviour = {}) {
    const phone = new Phone();
    phone.number = number;
    phone.path = `/phones/${encodeURIComponent(number)}`;
    await ask(phone.path, {answering: 'manual', ...behaviour}, 'PUT');
    phone.log = new Log(await position(), '', {phone: number});
    return phone;
  }

  async call(to) {
    const after = await position();
    return new Call((await ask(`${this.path}/calls`, {to})).sid, after);
  }

  async expectCall(within = 30) {
    const rang = await this.log.expect('PhoneRang', {within});
    return new Call(rang.subject, rang.position);
  }

  expectMessage = async (contains = '', within = 30) =>
    (await this.log.expect('PhoneGotMessage', {contains, within})).event.body;
}
