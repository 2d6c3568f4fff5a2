"""Which lists let a trunk's exchange call through ours (voice reference 10.2)."""

from __future__ import annotations

from hoyhoy.rest.kit import CREATE, V1, computed, text
from hoyhoy.rest.kit.sip import ListMapping


class TrunkCredentialList(ListMapping):
    """Who may call."""

    path, prefix, key = "/v1/Trunks/{trunk_sid}/CredentialLists", "CL", "credential_lists"
    table_name, element = "trunk_lists", "CredentialList"
    product, style = "trunking", V1
    within = {"trunk_sid": "trunks"}
    lists, named, use = "sip_credential_lists", "credential_list_sid", "call-credentials"

    trunk_sid: str = text()
    credential_list_sid: str = computed(on=(CREATE,), required=20001, shown=False)


class TrunkIpAccessControlList(ListMapping):
    """From where one may call."""

    path, prefix, key = "/v1/Trunks/{trunk_sid}/IpAccessControlLists", "AL", "ip_access_control_lists"
    table_name, element = "trunk_lists", "IpAccessControlList"
    product, style = "trunking", V1
    within = {"trunk_sid": "trunks"}
    lists, named, use = "sip_ip_access_control_lists", "ip_access_control_list_sid", "call-addresses"

    trunk_sid: str = text()
    ip_access_control_list_sid: str = computed(on=(CREATE,), required=20001, shown=False)
