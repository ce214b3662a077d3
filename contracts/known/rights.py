"""What RBAC can permit: the resources of the API groups that are known whole, and the verbs.

Sources: `kubectl api-resources` of 1.34, with what went since 1.16 (extensions, PodSecurityPolicy) and what is alpha;
kubernetes.io, «Authorization», «User Impersonation» (verbs, users, groups), «Certificate Signing Requests»;
external-snapshotter v8, client/apis; metrics-server.
"""

from collections import defaultdict

RESOURCES = {
    group: frozenset(resources.split())
    for group, resources in {
        "": "bindings componentstatuses configmaps endpoints events groups limitranges namespaces nodes "
        "persistentvolumeclaims persistentvolumes pods podtemplates replicationcontrollers resourcequotas secrets "
        "serviceaccounts services users",
        "admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingadmissionpolicybindings "
        "mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings "
        "validatingwebhookconfigurations",
        "apiextensions.k8s.io": "customresourcedefinitions",
        "apiregistration.k8s.io": "apiservices",
        "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
        "authentication.k8s.io": "selfsubjectreviews tokenreviews uids userextras",
        "authorization.k8s.io": "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews "
        "subjectaccessreviews",
        "autoscaling": "horizontalpodautoscalers",
        "batch": "cronjobs jobs",
        "certificates.k8s.io": "certificatesigningrequests clustertrustbundles podcertificaterequests signers",
        "coordination.k8s.io": "leasecandidates leases",
        "discovery.k8s.io": "endpointslices",
        "events.k8s.io": "events",
        "extensions": "daemonsets deployments horizontalpodautoscalers ingresses jobs networkpolicies "
        "podsecuritypolicies replicasets replicationcontrollers",
        "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
        "metrics.k8s.io": "nodes pods",
        "networking.k8s.io": "ingressclasses ingresses ipaddresses networkpolicies servicecidrs",
        "node.k8s.io": "runtimeclasses",
        "policy": "poddisruptionbudgets podsecuritypolicies",
        "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
        "resource.k8s.io": "deviceclasses devicetaintrules resourceclaims resourceclaimtemplates resourceslices",
        "scheduling.k8s.io": "priorityclasses workloads",
        "snapshot.storage.k8s.io": "volumesnapshotclasses volumesnapshotcontents volumesnapshots",
        "storage.k8s.io": "csidrivers csinodes csistoragecapacities storageclasses volumeattachments "
        "volumeattributesclasses",
    }.items()
}
"""API group → its resources. Groups that are not here (CRDs, aggregated APIs) may have any."""

READING = frozenset({"get", "list", "watch"})

VERBS = READING | frozenset(
    "create update patch delete deletecollection use bind escalate impersonate approve sign attest "
    "post put head options *".split()
)
"""An authorizer may be asked for others too; one letter away from these is a slip."""


def groups_with(resource: str) -> list[str]:
    """The API groups that have a resource, those of today first."""
    return _GROUPS.get(resource, [])


_GROUPS: dict[str, list[str]] = defaultdict(list)
for _group in sorted(RESOURCES, key=lambda group: group in {"extensions", "metrics.k8s.io"}):
    for _resource in RESOURCES[_group]:
        _GROUPS[_resource].append(_group)


def is_no_group(group: str) -> bool:
    """Whether no API group can be called so: a version in it, or one word that is none of Kubernetes's own.

    The group of a CRD has a dot (apiextensions validation: «should be a domain with at least one dot»).
    """
    return "/" in group or ("." not in group and group not in {*RESOURCES, "*"})
