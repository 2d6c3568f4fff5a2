// An app that answers calls and texts, with what the official package offers for it. PORT says where.
'use strict';
const http = require('http');
const twilio = require('twilio');
const {VoiceResponse, MessagingResponse} = twilio.twiml;
const port = process.env.PORT;

const pages = {
  '/voice': () => {
    const answer = new VoiceResponse();
    answer.gather({action: '/age', numDigits: 2}).say('How old are you?');
    answer.redirect('/voice');
    return answer;
  },
  '/age': (form) => {
    const answer = new VoiceResponse();
    answer.say(`${form.Digits} is a fine age.`);
    answer.hangup();
    return answer;
  },
  '/sms': (form) => {
    const answer = new MessagingResponse();
    answer.message(`You wrote: ${form.Body}`);
    return answer;
  },
};

http
  .createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const url = `http://localhost:${port}${request.url}`;
      const signature = request.headers['x-twilio-signature'] || '';
      if (!twilio.validateRequest(process.env.TWILIO_AUTH_TOKEN, signature, url, form)) {
        response.writeHead(403).end();
        return;
      }
      response.writeHead(200, {'Content-Type': 'text/xml'}).end(pages[request.url](form).toString());
    });
  })
  .listen(port, '127.0.0.1', () => console.log('up'));
