// Everything the exchange offers, through the official Node client as anybody would use it. Prints what came back.
'use strict';
const [clientPackage, PHONE, OTHER, SILENT] = process.argv.slice(2);
const twilio = require(clientPackage);
const HELLO = "<Response><Pause length='60'/></Response>";

async function refused(work) {
  try {
    await work();
  } catch (error) {
    return [error.status, error.code, Boolean(error.message), error.constructor.name];
  }
  return null;
}

async function until(fetch, status) {
  for (;;) {
    const one = await fetch();
    if (one.status === status) return one;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function main() {
  const client = twilio();
  const told = {};
  const numbers = await client.incomingPhoneNumbers.list();
  const me = numbers[0].phoneNumber;
  const changed = await client.incomingPhoneNumbers(numbers[0].sid).update({friendlyName: 'The node shop'});
  told.number = [numbers.length, changed.friendlyName, changed.capabilities];

  const sent = [];
  for (const [n, to] of [PHONE, PHONE, OTHER, PHONE, PHONE].entries()) {
    sent.push(await client.messages.create({to, from: me, body: `Number ${n}`}));
  }
  const first = await until(() => client.messages(sent[0].sid).fetch(), 'delivered');
  told.message = [sent[0].status, first.body, first.direction, first.dateSent instanceof Date];
  told.messages = (await client.messages.list({to: PHONE, pageSize: 3})).map((m) => m.body);
  told.pages = [];
  let page = await client.messages.page({to: PHONE, pageSize: 3});
  while (page) {
    told.pages.push(page.instances.length);
    page = await page.nextPage();
  }
  told.each = await new Promise((resolve, reject) => {
    let seen = 0;
    client.messages.each({to: OTHER, callback: () => { seen += 1; }, done: (e) => (e ? reject(e) : resolve(seen))});
  });
  told.redacted = (await client.messages(first.sid).update({body: ''})).body;
  told.deleted = [await client.messages(first.sid).remove(), await refused(() => client.messages(first.sid).fetch())];

  const call = await client.calls.create({to: PHONE, from: me, twiml: HELLO});
  const live = await until(() => client.calls(call.sid).fetch(), 'in-progress');
  told.call = [call.status, live.direction, live.to === PHONE];
  await client.calls(call.sid).update({status: 'completed'});
  const over = await until(() => client.calls(call.sid).fetch(), 'completed');
  told.over = [over.endTime >= over.startTime, (await client.calls.list({to: PHONE})).length];
  const silent = await client.calls.create({to: SILENT, from: me, twiml: HELLO});
  await until(() => client.calls(silent.sid).fetch(), 'ringing');
  await client.calls(silent.sid).update({status: 'canceled'});
  told.canceled = (await until(() => client.calls(silent.sid).fetch(), 'canceled')).status;
  told.removed = [await client.calls(call.sid).remove(), (await client.calls.list({to: PHONE})).length];

  const stranger = twilio(process.env.TWILIO_ACCOUNT_SID, '0'.repeat(32));
  told.errors = {
    'no body': await refused(() => client.messages.create({to: PHONE, from: me})),
    'no such number': await refused(() => client.messages.create({to: '+123', from: me, body: 'Hi'})),
    'no document': await refused(() => client.calls.create({to: PHONE, from: me})),
    'no call': await refused(() => client.calls('CA' + '0'.repeat(32)).fetch()),
    'wrong token': await refused(() => stranger.calls.list()),
  };
  const dublin = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN, {edge: 'dublin', region: 'ie1'});
  told.edge = (await dublin.calls.list({limit: 1})).length;
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
