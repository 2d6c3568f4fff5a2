"""The codes that refuse requests, and those of messages; error_codes.py says how a line is read."""

from __future__ import annotations

REST = """
20001 E 400 A parameter is invalid.
20002 E 400 FriendlyName must have 1 to 64 characters.
20003 E 401 Authenticate
20004 E 405 This method is not allowed here.
20005 E 403 The account is not active.
20006 E 403 Access is denied.
20007 E 400 PageSize must be from 1 to 1000.
20008 E 403 This resource does not take test credentials.
20009 E 409 It cannot be deleted before it is finished.
20010 E 403 This action is switched off.
20101 E 401 The access token is invalid.
20102 E 401 The header of the access token is invalid.
20103 E 401 The issuer or subject of the access token is invalid.
20104 E 401 The access token has expired.
20105 E 401 The access token is not valid yet.
20106 E 401 The grants of the access token are invalid.
20107 E 401 The signature of the access token is invalid.
20151 E 401 The token could not be authenticated.
20152 E 401 The token's issuer is invalid.
20153 E 401 The token's life is too long.
20154 E 401 The token lacks a claim.
20155 E 401 The token's algorithm is not supported.
20156 E 401 The token has expired.
20157 E 401 The token's life is too long.
20158 E 401 The token's request hash does not match.
20159 E 401 The token's subject is invalid.
20160 E 401 The token's key is invalid.
20162 E 409 Somebody else is changing this at the same moment.
20400 E 400 The request is malformed.
20403 E 403 This is not permitted.
20404 E 404 The requested resource was not found
20409 E 409 The request conflicts with the present state.
20410 E 410 This resource is gone.
20413 E 413 The request is too large.
20422 E 422 The request cannot be processed.
20423 E 423 The resource is locked.
20426 E 426 Use HTTPS.
20429 E 429 Too many requests at once; this one was not performed.
20500 E 500 The exchange failed to answer this request.
20503 E 503 The exchange cannot answer now; try again soon.
21101 E 400 A subaccount cannot have subaccounts.
21201 E 400 The parameter To is missing: whom to call?
21202 E 400 Premium numbers cannot be called.
21203 E 400 International calls are switched off.
21205 E 400 The URL is invalid.
21206 E 400 SendDigits may hold up to 32 of 0-9 A-D # * w W.
21207 E 400 IfMachine must be Continue or Hangup.
21208 E 400 Timeout must be whole seconds from 1 to 600.
21209 E 400 The method must be GET or POST.
21210 E 400 The From number is neither owned by nor verified for this account.
21211 E 400 The To number is not a valid phone number.
21212 E 400 The From number is not a valid phone number, short code or sender.
21213 E 400 The parameter From is missing: which number shows up as the caller?
21214 E 400 The To number cannot be reached.
21215 E 400 Calls to this country are not permitted for this account.
21216 E 400 Calls to this number are blocked.
21217 E 400 The To number does not look like a phone number.
21218 E 400 The ApplicationSid is invalid.
21219 E 400 A trial account may only call verified numbers.
21220 E 400 Call is not in-progress. Cannot redirect.
21221 E 400 SipAuthUsername is too long.
21222 E 400 SipAuthPassword is too long.
21223 E 400 SipAuthUsername is missing.
21224 E 400 SipAuthPassword is missing.
21225 E 400 The SIP credentials are invalid.
21226 E 400 The SIP URI is invalid.
21227 E 400 A header of the SIP URI is invalid.
21228 E 400 A header of the SIP URI is not allowed.
21229 E 400 The headers of the SIP URI are too long.
21230 E 400 The account has too many SIP domains.
21231 E 400 The SIP domain is invalid.
21232 E 400 The SIP domain's name is taken.
21233 E 400 The SIP domain still has subdomains.
21234 E 400 MachineDetection must be Enable or DetectMessageEnd.
21235 E 400 The IP access control list is invalid.
21236 E 400 The IP access control list is in use.
21237 E 400 The IP access control list has too many addresses.
21239 E 400 The account has too many credential lists.
21240 E 400 The credential list is invalid.
21241 E 400 The credential list is in use.
21242 E 400 The credential list has too many credentials.
21243 E 400 The credential is invalid.
21244 E 400 The account has too many trunks.
21245 E 400 The trunk's domain name is invalid.
21246 E 400 The trunk's domain name is taken.
21247 E 400 The trunk's recording mode is invalid.
21248 E 400 The trunk has too many origination URLs.
21249 E 400 The origination URL is invalid.
21251 E 400 The connection policy is invalid.
21252 E 400 The connection policy has too many targets.
21253 E 400 The target of the connection policy is invalid.
21254 E 400 The connection policy is in use.
21255 E 400 The account has too many connection policies.
21262 W 400 AsyncAmd has no AsyncAmdStatusCallback to tell.
21263 W 400 This machine-detection parameter has no meaning here.
21266 E 400 To and From cannot be the same.
21300 E 400 The Byoc trunk's sid is invalid.
21401 E 400 The phone number is invalid.
21402 E 400 The URL is invalid.
21403 E 400 The method must be GET or POST.
21404 E 400 A trial account cannot own more numbers.
21405 E 400 VoiceFallbackUrl wants a VoiceUrl.
21408 E 400 Messages to this country are not permitted for this account.
21409 E 400 The number is in use.
21420 E 400 The application's sid is invalid.
21421 E 400 The phone number is invalid.
21422 E 400 The phone number is not available.
21449 E 400 The caller ID cannot be validated.
21450 E 400 The phone number is validated already.
21451 E 400 The area code is invalid.
21452 E 400 No phone number is available in this area code.
21453 E 400 The extension of the caller ID is invalid.
21454 E 400 The call delay must be from 0 to 60 seconds.
21455 E 400 The friendly name of the caller ID is invalid.
21456 E 400 The status callback of the caller ID is invalid.
21457 E 400 AreaCode is not allowed for this kind of number.
21458 E 400 The phone number is of another kind.
21470 E 400 The number cannot be moved to this account.
21471 E 400 The account to move to does not exist.
21472 E 400 The account to move to is not active.
21473 E 400 The number cannot be moved between these accounts.
21474 E 400 The number is not yours to move.
21475 E 400 The account's status cannot be changed so.
21476 E 400 The parent account is suspended.
21477 E 400 Only subaccounts can change their status.
21478 E 400 The account's status is invalid.
21479 E 400 A closed account cannot be reopened.
21480 E 400 The number still needs an address.
21601 E 400 The From number is not one of this account's incoming numbers.
21602 E 400 A message needs a Body or a MediaUrl.
21603 E 400 A From number or a MessagingServiceSid is required.
21604 E 400 A To number is required.
21605 E 400 The Body may have at most 160 characters here.
21606 E 400 The From number cannot send messages for this account to this place.
21607 E 400 A trial account may only send from its trial number.
21608 E 400 A trial account may only send to verified numbers.
21609 E 400 The StatusCallback is not a valid URL.
21610 E 400 The recipient has opted out of messages from this sender.
21611 E 400 The queue of this From number is full.
21612 E 400 This To number cannot be reached from this From number.
21614 E 400 The To number cannot receive messages: it is not a mobile number.
21617 E 400 The Body may have at most 1600 characters.
21620 E 400 The MediaUrl is invalid.
21621 E 400 The From number cannot send media.
21622 E 400 The account cannot send media.
21623 E 400 A message may have at most 10 MediaUrls.
21624 E 400 ValidityPeriod must be from 1 to 36000 seconds.
21628 E 400 The address could not be validated.
21629 E 400 The address is in use.
21654 E 400 ContentVariables want a ContentSid.
21655 E 400 The ContentSid is invalid.
21656 E 400 ContentVariables must be a JSON object.
21659 E 400 The From number does not belong to this exchange.
21660 E 400 The From number belongs to another account.
21661 E 400 The From number cannot send messages.
21701 E 404 The messaging service does not exist.
21702 E 400 The messaging service is not available.
21703 E 400 The messaging service has no sender for this recipient.
21704 E 400 The messaging service has no phone numbers.
21705 E 400 The MessagingServiceSid is invalid.
21709 E 400 The alphanumeric sender is invalid.
21710 E 409 The phone number is in this messaging service already.
21711 E 400 The From number is not in this messaging service.
21712 E 409 The phone number is in another messaging service.
21714 E 400 The messaging service cannot take more numbers.
21715 E 400 The phone number cannot send messages.
22005 E 429 More calls are queued than can start within 24 hours.
"""

MESSAGES = """
30001 E 400 The sender's queue overflowed, or the message waited longer than it is valid.
30002 E 403 The account was suspended before the message was sent.
30003 E 400 The phone is switched off or out of reach.
30004 E 400 The recipient cannot receive this message.
30005 E 400 The recipient's number is unknown to its network.
30006 E 400 The recipient is a landline or on a network that cannot be reached.
30007 E 400 The message was filtered.
30008 E 400 Delivery failed for an unknown reason.
30009 E 400 A part of the inbound message never came.
30010 E 400 The message costs more than its MaxPrice.
30011 E 400 The recipient's network does not take media.
30017 E 400 The carrier's network is congested.
30018 E 400 The sender must be registered with the recipient's network.
30019 E 400 The content is too large for the carrier.
30022 E 429 The sender is over its rate.
30023 E 429 The sender is over its daily limit.
30024 E 400 The sender is not provisioned with the carrier.
30032 E 400 The toll-free number is not verified.
30034 E 400 The sender is not registered for United States A2P messages.
30035 E 400 The sender's registration is not complete.
30036 E 400 The message waited longer than it is valid.
30037 E 403 Outbound messaging is switched off.
30409 E 409 The message cannot be canceled any more.
30410 E 400 The provider did not answer in time; the message is not sent twice.
30450 E 400 Messages to this destination are blocked for now.
35111 E 400 A fixed schedule wants SendAt.
35114 E 400 SendAt must be an ISO 8601 time 15 minutes to 35 days ahead.
35118 E 400 Scheduling wants a MessagingServiceSid.
35125 E 429 Too many messages are scheduled.
35126 E 400 This channel cannot be scheduled.
60200 E 400 A parameter is invalid.
60202 E 429 Five codes were tried already.
60203 E 429 Five codes were sent already.
60204 E 403 The service does not have this feature.
60205 E 403 Text messages cannot go to a landline.
60207 E 400 The service has too many rate limits.
60208 E 400 The rate limit's name is taken.
60209 E 400 The rate limit's name is invalid.
60210 E 400 The rate limit has too many buckets.
60211 E 400 The rate limit has a bucket with this interval already.
60212 E 429 Too many requests for this number at the same time.
60214 E 400 This verification needs Amount and Payee.
60217 E 400 The email channel is not set up.
60221 E 400 To or VerificationSid is required.
60223 E 403 The channel is switched off.
60308 E 403 The factor is not verified.
60310 E 403 The challenge is closed.
60311 E 429 Too many challenges for this factor.
60318 E 403 The challenge has expired.
60322 E 429 Too many wrong answers to this challenge.
60323 E 403 The challenge was answered already.
60324 E 403 The factor is of another type.
60410 E 403 Verifications to this destination are blocked for now.
60600 E 400 The number is out of coverage.
60605 E 403 Lookups of this destination are blocked.
63003 E 400 The channel does not know this recipient.
63007 E 400 The channel does not know this sender.
63016 E 400 Free text may only be sent within 24 hours of the recipient's last message.
63019 E 400 The media could not be downloaded.
70001 E 400 The request has constraint violations.
70002 E 400 A part of the request is invalid.
70051 E 401 The key lacks a permission.
"""
