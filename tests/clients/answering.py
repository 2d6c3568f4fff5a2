"""An app that answers calls and texts, with what the official package offers for it. PORT says where."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

PORT = int(os.environ["PORT"])
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])


def voice(form):
    answer = VoiceResponse()
    with answer.gather(action="/age", num_digits=2) as menu:
        menu.say("How old are you?")
    answer.redirect("/voice")
    return answer


def age(form):
    answer = VoiceResponse()
    answer.say(f"{form['Digits']} is a fine age.")
    answer.append(Gather())
    answer.hangup()
    return answer


def sms(form):
    answer = MessagingResponse()
    answer.message(f"You wrote: {form['Body']}")
    return answer


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        if not validator.validate(f"http://localhost:{PORT}{self.path}", form, signature):
            self.send_error(403)
            return
        document = str({"/voice": voice, "/age": age, "/sms": sms}[self.path](form)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)

    def log_message(self, *args):
        pass


print("up", flush=True)
HTTPServer(("127.0.0.1", PORT), Answering).serve_forever()
