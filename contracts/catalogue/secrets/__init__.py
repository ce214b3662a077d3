"""The family «secrets»: what pods read is there, under the name they read, from one source, and in no open place."""

from contracts.catalogue.contract import Contract
from contracts.catalogue.secrets import exists, expanded, given, named, of_roles, plain, pull, sealed, twice, types

CONTRACTS: list[Contract] = [
    Contract("S01", "every ConfigMap and Secret that a pod reads is there", exists.existing),
    Contract("S02", "every key that a pod reads is there", exists.keys),
    Contract("S03", "every variable that the code needs is given, under that name", given.needed),
    Contract("S04", "a variable has one source", twice.sources),
    Contract("S05", "$(NAME) stands for a variable that is set before it", expanded.variables),
    Contract("S06", "pull secrets are there and are for a registry", pull.secrets),
    Contract("S07", "Secrets and ConfigMaps that other objects name are there", named.secrets),
    Contract("S08", "a Secret can be stored, and has what its type demands", types.demands),
    Contract(
        "S09", "no secret stands in plain text in an argument, a variable, an annotation, a ConfigMap", plain.text_
    ),
    Contract("S10", "keys, kubeconfigs and docker credentials are in no ConfigMap", sealed.material),
    Contract("S11", "no credentials are kept with the manifests", sealed.committed),
    Contract("S12", "a Secret with a role's password names that role", of_roles.usernames),
]
