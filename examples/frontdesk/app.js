// A small company's telephone: a menu, the opening hours, and a colleague, who texts back when nobody answers.
// An ordinary Twilio app: nothing in it knows of hoyhoy.

import http from 'node:http';
import twilio from 'twilio';

const {VoiceResponse} = twilio.twiml;

export const COLLEAGUE = process.env.COLLEAGUE ?? '+14155550177';

const pages = {
  '/voice': () => {
    const answer = new VoiceResponse();
    const menu = answer.gather({numDigits: 1, action: '/choice', timeout: 5});
    menu.say('Welcome. For our opening hours, press one. To talk to somebody, press two.');
    answer.say('We did not hear anything. Goodbye.');
    return answer;
  },

  '/choice': (form) => {
    const answer = new VoiceResponse();
    switch (form.get('Digits')) {
      case '1':
        answer.say('We are open from nine to five.');
        break;
      case '2':
        answer.dial({timeout: 15, action: '/over'}, COLLEAGUE);
        break;
      default:
        answer.say('That is not a choice.');
        answer.redirect('/voice');
    }
    return answer;
  },

  '/over': async (form) => {
    const answer = new VoiceResponse();
    if (form.get('DialCallStatus') !== 'completed') {
      await twilio().messages.create({
        to: form.get('From'),
        from: form.get('To'),
        body: 'Sorry that we missed you. Your ticket is 4711: reply with your question.',
      });
      answer.say('Nobody is there. We have sent you a text.');
    }
    return answer;
  },
};

export const server = http.createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const page = pages[new URL(request.url, 'http://app').pathname];
  if (!page) {
    response.writeHead(404).end();
    return;
  }
  const answer = await page(new URLSearchParams(Buffer.concat(pieces).toString()));
  response.writeHead(200, {'Content-Type': 'text/xml'}).end(answer.toString());
});

// Started as a program, rather than read by its test.
if (process.argv[1] === import.meta.filename) server.listen(process.env.PORT ?? 5000);
