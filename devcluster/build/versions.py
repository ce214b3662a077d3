"""The tools of the embedded node: their versions, and how each is built from the Go module beside this file.

Minutes are what a person is told to expect on 2 cores with nothing cached: about what the first builds took, rounded;
a busy machine takes several times as long.
"""

from dataclasses import dataclass

PULUMI = "v3.246.0"
KUBERNETES = "v1.34.4"
ETCD = "v3.6.5"
COREDNS = "v1.12.4"
ETCD_IMAGE = "v3.6.16"
"""Of the image for etcd in pods; ETCD is the node's own, which goes with KUBERNETES."""
CLOUDNATIVEPG = {"1.28": "v1.28.2", "1.30": "v1.30.0"}
"""The operator's releases by minor version: the last of each that the Go module proxy has."""

PROMTOOL = "v0.314.0"
BARMAN_PLUGIN = "v0.14.0"
"""The newest of each whose modules the Go module proxy has all of."""
MINIO = "v0.0.0-20260212201848-7aac2a2c5b7c"


@dataclass(frozen=True)
class GoBuild:
    """One binary: `package` built in the module `devcluster/build/<module>`, with `variables` set by the linker.

    `tags` are Go's build tags, by which a program leaves parts of it out.
    """

    binary: str
    module: str
    package: str
    version: str
    minutes: float
    variables: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def ldflags(self) -> str:
        """The linker's flags: no symbol table, and each variable set."""
        return " ".join(("-s -w", *(f"-X {name}={value}" for name, value in self.variables)))


# The Automation API refuses a CLI that calls itself by an empty version.
PULUMI_BUILD = GoBuild(
    binary="pulumi",
    module="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version=PULUMI,
    minutes=4,
    variables=(("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", PULUMI),),
)

COREDNS_BUILD = GoBuild(
    binary="coredns",
    module="coredns",
    package="github.com/coredns/coredns",
    version=COREDNS,
    minutes=2,
)

# Without these the node and the API call themselves v0.0.0-master, and clients that compare versions stumble.
KUBERNETES_BUILD = GoBuild(
    binary="kube",
    module="kubernetes",
    package=".",
    version=KUBERNETES,
    minutes=7,
    variables=tuple(
        (f"{package}.{name}", value)
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for name, value in (
            ("gitVersion", KUBERNETES),
            ("gitMajor", "1"),
            ("gitMinor", KUBERNETES.split(".")[1]),
            ("gitTreeState", "clean"),
        )
    ),
)

ETCD_IMAGE_BUILDS = tuple(
    GoBuild(binary=binary, module="etcd", package=f"go.etcd.io/etcd/{package}/v3", version=ETCD_IMAGE, minutes=1)
    for binary, package in (("etcd", "server"), ("etcdctl", "etcdctl"))
)

# A Go module can require one version of another module only, so each minor version has a module of its own.
CLOUDNATIVEPG_BUILDS = {
    minor: GoBuild(
        binary=f"cloudnativepg-{minor}",
        module=f"cloudnativepg/{minor}",
        package="github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
        version=version,
        minutes=3,
    )
    for minor, version in CLOUDNATIVEPG.items()
}

# Without the clients of every cloud, which only service discovery needs, a tenth of the time.
PROMTOOL_BUILD = GoBuild(
    binary="promtool",
    module="promtool",
    package="github.com/prometheus/prometheus/cmd/promtool",
    version=PROMTOOL,
    minutes=1,
    tags=("remove_all_sd",),
)

BARMAN_PLUGIN_BUILD = GoBuild(
    binary="barman-plugin",
    module="barman",
    package="github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager",
    version=BARMAN_PLUGIN,
    minutes=3,
)

MINIO_BUILD = GoBuild(
    binary="minio",
    module="minio",
    package="github.com/minio/minio",
    version=MINIO,
    minutes=5,
)
