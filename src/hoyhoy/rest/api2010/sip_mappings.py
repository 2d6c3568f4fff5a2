"""Which lists let whom into a SIP domain (voice reference 10.1).

Calls and registrations have lists of their own. The paths without `Auth` are older: they mean calls.
"""

from __future__ import annotations

from hoyhoy.rest.kit import CREATE, computed, text
from hoyhoy.rest.kit.sip import ListMapping

DOMAIN = "/2010-04-01/Accounts/{account_sid}/SIP/Domains/{domain_sid}"


class _DomainList(ListMapping):
    table_name = "sip_domain_lists"
    within = {"domain_sid": "sip_domains"}

    domain_sid: str = text()


class _Credentials(_DomainList):
    prefix, lists, named, use = "CL", "sip_credential_lists", "credential_list_sid", "call-credentials"

    credential_list_sid: str = computed(on=(CREATE,), required=20001, shown=False)


class _Addresses(_DomainList):
    prefix, lists, named, use = "AL", "sip_ip_access_control_lists", "ip_access_control_list_sid", "call-addresses"

    ip_access_control_list_sid: str = computed(on=(CREATE,), required=20001, shown=False)


class CredentialListMapping(_Credentials):
    """Who may call."""

    path, key, table_name = DOMAIN + "/CredentialListMappings", "credential_list_mappings", "sip_domain_lists"


class IpAccessControlListMapping(_Addresses):
    """From where one may call."""

    path, key = DOMAIN + "/IpAccessControlListMappings", "ip_access_control_list_mappings"
    table_name = "sip_domain_lists"


class AuthCallsCredentialListMapping(_Credentials):
    """Who may call."""

    path, key, table_name = DOMAIN + "/Auth/Calls/CredentialListMappings", "contents", "sip_domain_lists"
    element, plural = "CredentialListMapping", "CredentialListMappings"
    has_address = False

    domain_sid: str = text(shown=False)


class AuthCallsIpAccessControlListMapping(_Addresses):
    """From where one may call."""

    path, key, table_name = DOMAIN + "/Auth/Calls/IpAccessControlListMappings", "contents", "sip_domain_lists"
    element, plural = "IpAccessControlListMapping", "IpAccessControlListMappings"
    has_address = False

    domain_sid: str = text(shown=False)


class AuthRegistrationsCredentialListMapping(_Credentials):
    """Who may register."""

    path, key, table_name = DOMAIN + "/Auth/Registrations/CredentialListMappings", "contents", "sip_domain_lists"
    element, plural = "CredentialListMapping", "CredentialListMappings"
    has_address = False
    use = "registrations"

    domain_sid: str = text(shown=False)
