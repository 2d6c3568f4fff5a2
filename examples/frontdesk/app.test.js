import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import twilio from 'twilio';

import {COLLEAGUE, server} from './app.js';
import {Phone} from './lab.js';

let number;

before(async () => {
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const [owned] = await twilio().incomingPhoneNumbers.list({limit: 1});
  await twilio().incomingPhoneNumbers(owned.sid).update({voiceUrl: `http://127.0.0.1:${server.address().port}/voice`});
  number = owned.phoneNumber;
});

after(() => server.close());

test('the opening hours', async () => {
  const call = await (await Phone.take('+14155550101')).call(number);
  await call.expectSpeech('press one');
  await call.press('1');
  assert.equal(await call.expectSpeech('open'), 'We are open from nine to five.');
  assert.equal(await call.expectHangup(), 'normal');
});

test('a wrong key, then none', async () => {
  const call = await (await Phone.take('+14155550102')).call(number);
  await call.expectSpeech('press two');
  await call.press('9');
  await call.expectSpeech('not a choice');
  await call.expectSpeech('press two');
  await call.expectSpeech('did not hear anything');
});

test('a colleague answers', async () => {
  const colleague = await Phone.take(COLLEAGUE);
  const call = await (await Phone.take('+14155550103')).call(number);
  await call.expectSpeech('press two');
  await call.press('2');
  const other = await colleague.expectCall();
  await other.answer();
  await call.expectBridge();
  await call.say('Is my bicycle ready?');
  await other.expectSpeech('bicycle');
  await other.hangUp();
  await call.expectHangup();
});

test('who is missed gets a text', async () => {
  await Phone.take(COLLEAGUE, {answering: 'ring-out'});
  const caller = await Phone.take('+14155550104');
  const call = await caller.call(number);
  await call.expectSpeech('press two');
  await call.press('2');
  await call.expectTone('ringing');
  await call.expectSpeech('sent you a text');
  assert.match(await caller.expectMessage('missed you'), /ticket is \d+/);
});
