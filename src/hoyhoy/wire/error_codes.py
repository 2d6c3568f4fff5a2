"""The codes themselves: code, level (E error, W warning), HTTP status as a REST answer, sentence.

Codes and levels: twilio-voice.md section 17, twilio-messaging-and-rest.md section 6. A code that
never answers a request still has a status, 400, for whoever raises it in one.
"""

from __future__ import annotations

from .error_codes_of_requests import MESSAGES, REST

ACCOUNT_AND_HTTP = """
10001 E 403 The account is not active.
10002 E 400 A trial account does not support this feature.
10003 E 403 The call was rejected because the account is not active.
10004 E 429 Too many calls of this account are going on at once.
10005 E 403 Voice is switched off for this account.
11100 E 400 The URL is not well formed.
11200 E 400 The request to the application failed.
11201 E 400 Connecting to the application took too long, twice.
11202 E 400 The application refused the connection, twice.
11203 E 400 The request used up its total time.
11205 E 400 The application could not be connected to.
11206 E 400 The application's answer broke the rules of HTTP.
11210 E 400 The host name of the URL could not be resolved.
11215 E 400 The application redirected too many times.
11216 E 400 The application redirected to an invalid URL.
11217 E 400 The application answered with an error status.
11220 E 400 The TLS handshake with the application failed.
11235 E 400 The certificate of the application is for another host name.
11236 E 400 The certificate of the application has expired.
11237 E 400 The certificate of the application is not trusted.
11240 E 400 The edge asked for in the URL's fragment is invalid.
11241 E 400 The edge asked for in the URL's fragment is not supported.
11242 E 400 The interconnect asked for in the URL's fragment is invalid.
11243 E 400 A connection override in the URL's fragment is invalid.
11251 E 400 The application does not speak HTTP.
11300 E 400 The URL template is invalid.
11310 E 400 The URL template names an unknown variable.
11320 E 400 The URL template could not be filled.
11750 E 400 The TwiML document is larger than 64 kB.
11751 E 400 The media file is too large.
11770 E 400 The application's answer is empty.
12100 E 400 The document is not well-formed XML.
12101 E 400 The version attribute of the document is invalid.
12102 E 400 The root element of the document is not Response.
12200 W 400 The document has an element or attribute that is unknown or misplaced.
12300 E 400 The Content-Type of the answer cannot be used.
12400 E 500 The exchange failed to perform the document.
"""

VERBS = """
13000 W 400 Conference cannot be mixed with Number in one Dial.
13201 E 400 A screening document cannot Dial.
13210 W 400 Dial: method is invalid.
13211 W 400 Dial: ifMachine is invalid.
13212 W 400 Dial: timeout is invalid.
13213 W 400 Dial: hangupOnStar is invalid.
13214 W 400 Dial: callerId is missing or not allowed.
13215 W 400 Dial: this element may not stand inside it.
13216 W 400 Dial: timeLimit is invalid.
13217 W 400 Dial: record is invalid.
13218 W 400 Dial: sequential is invalid.
13219 W 400 Dial: answerOnBridge is invalid.
13220 W 400 Dial: ringTone is invalid.
13221 W 400 Number: method is invalid.
13222 W 400 Number: sendDigits is invalid.
13223 W 400 Dial: the phone number has an invalid form.
13224 E 400 Dial: the phone number is invalid or cannot be called.
13225 E 400 Dial: calls to this number are blocked.
13226 W 400 Dial: no country has this code.
13227 E 400 Dial: calls to this country are not permitted.
13230 W 400 Conference: muted is invalid.
13231 E 400 Conference: endConferenceOnExit is invalid.
13232 W 400 Conference: startConferenceOnEnter is invalid.
13233 W 400 Conference: waitUrl is invalid.
13234 W 400 Conference: waitMethod is invalid.
13235 W 400 Conference: beep is invalid.
13236 W 400 Conference: the sid is invalid.
13237 W 400 Conference: the name is invalid.
13238 E 400 A wait, hold or announce document holds a verb that is not allowed there.
13239 E 400 Conference: trim is invalid.
13240 E 400 Conference: the sid of the call to coach is invalid.
13241 W 400 Sip: method is invalid.
13242 W 400 Sip: sendDigits is invalid.
13243 W 400 Sip: the URI is invalid.
13244 W 400 Sip: the call is not authorised.
13246 W 400 Sip: SIP calls are switched off.
13247 E 400 The From number is invalid or may not originate calls.
13248 W 400 Sip: callerId is too long.
13249 W 400 Sip: the user name or password is invalid.
13250 W 400 Sip: too many URIs.
13251 W 400 Sip: too many headers.
13252 W 400 Sip: a header's name is invalid.
13253 W 400 Sip: the headers are too long.
13254 W 400 Sip: the host cannot be resolved or is private.
13255 W 400 Sip: this domain cannot be dialled.
13256 W 400 Dial: recordingStatusCallback is invalid.
13257 E 400 The transcribeCallback is invalid.
13258 E 400 Sim: not supported.
13310 W 400 Gather: finishOnKey is invalid.
13311 W 400 Gather: finishOnKey is invalid.
13312 W 400 Gather: method is invalid.
13313 W 400 Gather: timeout is invalid.
13314 W 400 Gather: numDigits is invalid.
13320 W 400 Gather: this verb may not stand inside it.
13321 W 400 Gather: the voice of a nested Say is invalid.
13322 W 400 Gather: the loop of a nested verb is invalid.
13325 E 400 Gather: the Content-Type of a nested Play cannot be used.
13326 W 400 Gather: input is invalid.
13327 W 400 Gather: speechTimeout is invalid.
13328 W 400 Gather: maxSpeechTime is invalid.
13329 W 400 Gather: partialResultCallbackMethod is invalid.
13330 W 400 Gather: hints is invalid.
13331 W 400 Gather: language is invalid.
13332 W 400 Gather: bargeIn is invalid.
13333 W 400 Gather: profanityFilter is invalid.
13334 W 400 Gather: speechModel is invalid.
13335 W 400 Gather: speechTimeout auto does not go with the default speech model.
13337 E 400 Gather: PCI mode wants an HTTPS action.
13338 E 400 Gather: actionOnEmptyResult is invalid.
13340 E 400 Speech recognition is degraded.
13342 E 400 Speech recognition is not configured as asked.
13343 E 400 Speech recognition is not configured as asked.
13410 W 400 Play: loop is invalid.
13420 E 400 Play: the Content-Type of the audio cannot be used.
13430 W 400 Play: digits is invalid.
13510 W 400 Say: loop is invalid.
13511 W 400 Say: voice is invalid.
13512 W 400 Say: language is invalid.
13513 W 400 Say: rate is invalid.
13520 W 400 Say: there is no text to speak.
13521 W 400 Say: the text is too long.
13610 W 400 Record: method is invalid.
13611 W 400 Record: timeout is invalid.
13612 W 400 Record: maxLength is invalid.
13613 W 400 Record: finishOnKey is invalid.
13614 W 400 Record: transcribe is invalid.
13615 W 400 Record: maxLength is too long for a transcription.
13616 W 400 Record: playBeep is invalid.
13617 W 400 The recording cannot be transcribed.
13618 W 400 The recording is too short to be transcribed.
13619 W 400 The recording is too long to be transcribed.
13620 W 400 The recording's language cannot be transcribed.
13621 E 400 The recording event is invalid.
13622 W 400 The recording track is invalid.
13699 W 400 Record: trim is invalid.
13710 W 400 Redirect: method is invalid.
13750 E 400 This verb does not exist in this version of the API.
13801 E 400 Refer: the call is not a SIP call.
13802 E 400 A REFER came but no referUrl is set.
13803 E 400 This feature is not available in this region.
13804 E 400 This feature is not available in this region.
13805 W 400 Calls of trial accounts end after ten minutes.
13806 E 400 The clientNotificationUrl is invalid.
13807 E 400 The clientNotificationUrl failed.
13810 W 400 Reject: reason is invalid.
13910 W 400 Pause: length is invalid.
14101 W 400 Message: to is invalid.
14102 W 400 Message: from is invalid.
14103 W 400 Message: there is neither text nor media.
14104 W 400 Message: method is invalid.
14105 W 400 Message: statusCallback is invalid.
14106 E 400 Too many documents were fetched for one message: redirects run in a circle.
14107 E 400 Two numbers answer each other without end; further replies are not sent.
14108 E 400 Message: from cannot send messages.
14109 W 400 At most ten messages are sent in reply; the rest is dropped.
14110 E 400 This verb does not belong in a messaging document.
14111 E 400 A trial account may only send to verified numbers.
14201 E 400 Enqueue: method is invalid.
14202 E 400 Enqueue: waitUrl is invalid.
14203 E 400 Enqueue: action is invalid.
14204 E 400 Enqueue: the queue's name is too short.
14205 E 400 Enqueue: the queue's name is too long.
14206 E 400 Enqueue: waitUrlMethod is invalid.
14207 W 400 The queue is full.
14210 E 400 Queue: method is invalid.
14211 E 400 Queue: url is invalid.
14212 E 400 Queue: the name is too short.
14213 E 400 Queue: the name is too long.
14215 E 400 TaskRouter: the task could not be made.
14240 E 400 TaskRouter: the workflow is invalid.
14300 E 400 This noun may not stand in Start or Stop.
15000 E 400 A status callback could not be sent.
15002 E 400 A status callback waited too long to be sent.
15003 W 400 The status callback was answered with an error status.
15004 E 400 A document given as text has no address: its action URL must be absolute.
16001 E 400 The conference is not active.
16002 E 400 The attributes of the conference are invalid.
16003 E 400 The conference does not exist.
16010 E 400 An event of the conference could not be delivered.
16011 E 400 An event of the conference could not be delivered.
16020 E 400 The conference is full.
16021 E 400 Too many conferences of this account are going on at once.
16022 E 400 The conference is over or unknown.
16023 E 400 The label of the participant is invalid.
16024 E 400 The label of the participant is invalid.
16025 E 400 Another participant has this label.
16026 E 400 Another participant has this label.
16027 E 400 The participant to coach is on hold.
16028 E 400 The participant to coach is not in the conference.
16030 E 400 The participant could not be added.
16099 E 400 The conference is in the wrong state for this.
16101 W 400 The recording is too short.
16102 W 400 The recording is silent.
16104 E 400 The recording could not be encrypted.
16105 E 400 The recording could not be encrypted.
16106 E 400 The recording could not be stored outside.
16107 E 400 The recording could not be stored outside.
16108 E 400 Too many recordings of this call are going on at once.
16109 E 400 The recording could not be stored outside.
16111 E 400 The recording could not be stored outside.
16112 E 400 The recording could not be stored outside.
16113 W 400 A mono recording has no second channel to download.
16114 E 400 The recording is in the wrong state for this.
"""

LINES = """
31000 E 400 The softphone failed.
31001 E 404 The application was not found.
31002 E 403 The connection was declined.
31003 E 408 The connection timed out.
31005 E 400 The signalling connection was lost.
31008 E 400 The call was canceled.
31009 E 400 The signalling connection is not open.
31100 E 400 The softphone's request is malformed.
31101 E 400 A parameter of the softphone's request is missing.
31102 E 401 The softphone's token is missing.
31103 E 400 The softphone's parameters are too long.
31104 E 400 The softphone's bridge token is invalid.
31105 E 400 The client's name is invalid.
31106 E 400 The client's data is invalid.
31107 E 400 The softphone's reconnect parameter is invalid.
31201 E 401 The softphone could not be authorised.
31202 E 401 The token's signature is invalid.
31203 E 401 The token's account is invalid.
31204 E 401 The token is invalid.
31205 E 401 The token has expired.
31206 E 429 The softphone is over its rate.
31207 E 401 The token's life is longer than 24 hours.
31208 E 400 The microphone's use was not permitted.
31209 E 403 The softphone may not come back to this call.
31210 E 400 The kind of the softphone's message is invalid.
31212 E 413 The softphone's message is too large.
31301 E 400 The registration failed.
31400 E 400 Bad request.
31401 E 400 The microphone's use was not permitted.
31402 E 400 The microphone cannot be used.
31403 E 403 Forbidden.
31404 E 404 Not found.
31408 E 408 Request timed out.
31409 E 409 Conflict.
31426 E 426 Upgrade required.
31429 E 429 Too many requests.
31480 E 400 The called party is not available.
31481 E 400 The call does not exist.
31484 E 400 The address is incomplete.
31486 E 400 The called party is busy.
31487 E 400 The request was terminated.
31500 E 500 The exchange failed.
31502 E 502 Bad gateway.
31503 E 503 The service is not available.
31504 E 504 The gateway timed out.
31530 E 400 The host name could not be resolved.
31600 E 400 The called party is busy everywhere.
31603 E 400 The called party declined.
31604 E 400 The called party exists nowhere.
31900 E 400 Stream: an unknown failure.
31901 E 400 Stream: the connection timed out.
31902 E 400 Stream: the connection was refused.
31903 E 400 Stream: the connection broke.
31904 E 400 Stream: the host cannot be reached.
31910 E 400 Stream: the TLS handshake failed.
31920 E 400 Stream: the server did not agree to a WebSocket.
31921 E 400 Stream: the server closed the connection.
31922 E 400 Stream: the URL must begin with wss.
31923 E 400 Stream: the URL is malformed.
31924 E 400 Stream: the server broke the WebSocket protocol.
31930 W 400 Stream: audio was dropped because the server reads too slowly.
31931 W 400 Stream: more than ten minutes of audio are waiting.
31940 E 400 Stream: the connector's name is invalid.
31941 E 400 Stream: the track is invalid.
31942 E 400 Stream: the connector is not configured.
31950 W 400 Stream: a message could not be decoded.
31951 W 400 Stream: a message is invalid.
32001 E 429 SIP: too many calls per second.
32002 E 404 SIP: the domain is unknown.
32006 E 400 SIP: too many hops.
32007 E 400 SIP: too many bindings for one user.
32008 E 429 SIP: too many registrations per second.
32009 E 400 SIP: the user is not registered.
32010 E 400 SIP: the trunk has no origination URL.
32011 E 400 SIP: the peer failed.
32012 E 429 SIP: too many calls per second.
32013 E 429 SIP: too many calls per second.
32014 E 400 SIP: no audio came.
32015 E 400 SIP: the call reached its longest duration.
32016 E 400 SIP: the far end took 60 seconds without an answer.
32017 E 400 SIP: the carrier blocked the call.
32018 E 400 Twiml may have at most 4000 characters.
32019 W 400 Url and Twiml were both given; Url wins.
32021 E 400 SIP: the caller could not be verified.
32022 E 400 SIP: no ACK came within 32 seconds.
32100 E 400 SIP: not with a trial account.
32101 E 400 SIP: the number is invalid.
32102 E 400 SIP: the session description is invalid.
32103 E 400 SIP: the body is invalid.
32104 E 400 SIP: the Contact header is invalid.
32105 E 400 SIP: the user name is invalid.
32106 E 400 SIP: the URI is invalid.
32107 E 400 SIP: a header's name is invalid.
32108 E 400 SIP: a header's value is invalid.
32109 E 400 SIP: a header is not allowed.
32110 E 400 SIP: a parameter is invalid.
32111 E 400 SIP: a parameter is invalid.
32112 E 400 SIP: a parameter is invalid.
32113 E 400 SIP: a parameter is invalid.
32114 E 400 SIP: a parameter is invalid.
32115 E 400 SIP: a parameter is invalid.
32200 E 403 SIP: not permitted.
32201 E 403 SIP: the address is on no access control list.
32202 E 403 SIP: the credentials are wrong.
32203 E 403 SIP: the number is blocked.
32204 E 403 SIP: the From number is not verified.
32205 E 403 SIP: calls to this country are not permitted.
32206 E 400 SIP: the From number is invalid.
32207 E 403 SIP: the media must be encrypted.
32208 E 403 SIP: the media must not be encrypted.
32209 E 403 SIP: the transport must be encrypted.
32210 E 403 SIP: the registration is not permitted.
32212 E 403 SIP: the registration is not permitted.
32214 E 400 SIP: this target cannot be dialled.
32215 E 400 SIP: this target is in another region.
32218 E 400 SIP: transfers are switched off.
32219 E 400 SIP: the peer redirected the call.
32220 E 400 SIP: this edge is not allowed.
32221 E 400 SIP: the user is not registered here.
32223 E 400 SIP: the address has no user part.
32400 E 400 BYOC: the first target failed.
32401 E 400 BYOC: every target failed.
32700 E 400 User-defined messages: the call is over.
32701 W 400 User-defined messages: the content type is not application/json.
32702 W 400 User-defined messages: the Content is missing, or is not JSON.
32703 W 400 User-defined messages: the Content is longer than 10000 characters.
32704 E 400 User-defined messages: the call cannot receive them.
32705 E 429 User-defined messages: too many at once.
32706 E 400 User-defined messages: delivery failed.
32707 E 400 User-defined messages: the IdempotencyKey is invalid.
32710 W 400 User-defined messages: the exchange could not ask the Callback.
32711 W 400 User-defined messages: the Callback is no web address, or does not answer as it should.
39001 E 400 ConversationRelay: the WebSocket failed.
53000 E 400 The signalling connection failed.
53001 E 400 The signalling connection was lost.
53002 E 400 The signalling connection timed out.
53003 E 400 A signalling message is invalid.
53004 E 400 The signalling server is leaving.
53005 E 400 The media region is not available.
53006 E 503 The signalling server is busy.
53400 E 400 The media could not be negotiated.
53401 E 400 The session description could not be made.
53402 E 400 The session description could not be applied.
53403 E 400 The far end could not make a session description.
53404 E 400 The two ends share no codec.
53405 E 400 The media connection failed.
53406 E 400 The media could not be changed.
53407 E 400 The media activity timed out.
53408 E 400 The far end could not apply the session description.
64001 E 400 Pay: the payment could not be made.
64105 E 400 ConversationRelay: the WebSocket ended.
64107 E 400 ConversationRelay: a message is invalid.
"""

TABLES = (ACCOUNT_AND_HTTP, VERBS, REST, MESSAGES, LINES)
