// A tutorial as people type it in: credentials, numbers and URL are written into the source.
const accountSid = 'ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXY';
const authToken = 'your_auth_token';
const client = require('twilio')(accountSid, authToken);

client.messages
  .create({body: 'The first text of many.', from: '+12025550102', to: '+14155552003'})
  .then((message) => console.log(message.sid, message.accountSid))
  .then(() => client.calls.create({url: 'http://demo.twilio.com/docs/voice.xml', from: '+12025550102', to: '+14155552004'}))
  .then((call) => console.log(call.sid))
  .then(() => client.calls.list())
  .then((calls) => console.log(calls.length));
