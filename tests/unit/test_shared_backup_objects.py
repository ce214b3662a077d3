"""What makes the operator and its plugin archive, back up and recover, in the fields that they read."""

import shared_backups as given
from shared_backups import SERVICE, backup, in_store, recovery, scope

from components.manifest import Configured
from components.postgres.shared.backup import PLUGIN, before_cluster, cluster_fields, render


def made(*settings):
    """(kind, name) → the object's body."""
    return {manifest.reference: manifest.body for manifest in render(scope(), SERVICE, *settings)}


def spec(objects, kind, name):
    return objects[kind, name]["spec"]


def test_nothing_is_made_and_nothing_asked_of_the_cluster_where_backups_are_off():
    assert made(None, None) == {}, "the ObjectStore's CRD may be missing in the cluster (rule 12)"
    assert cluster_fields(SERVICE, None, None) == {}
    assert before_cluster(SERVICE, None, None) == ()


def test_the_store_says_where_with_which_secret_and_for_how_long():
    objects = made(backup(retention="14d", compression="none", walCompression="zstd", encryption="AES256"), None)
    store = spec(objects, "ObjectStore", f"{SERVICE}-backup")
    assert store["retentionPolicy"] == "14d"
    assert store["configuration"] == {
        "destinationPath": "s3://backups/databases",
        "endpointURL": "https://minio.storage.svc:9000",
        "s3Credentials": {
            "accessKeyId": {"name": f"{SERVICE}-backup", "key": "ACCESS_KEY_ID"},
            "secretAccessKey": {"name": f"{SERVICE}-backup", "key": "ACCESS_SECRET_KEY"},
        },
        "data": {"encryption": "AES256"},
        "wal": {"compression": "zstd", "encryption": "AES256"},
    }, "no serverName: the CRD refuses it here"
    entries = objects["Secret", f"{SERVICE}-backup"]["stringData"]
    assert entries == {"ACCESS_KEY_ID": Configured("backupKeyId"), "ACCESS_SECRET_KEY": Configured("backupKey")}
    assert "limits" in store["instanceSidecarConfiguration"]["resources"], "a quota counts the sidecar too"


def test_region_and_authority_are_where_the_plugin_looks_for_them():
    pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    objects = made(in_store(region="eu-central-1", authority=pem), None)
    configuration = spec(objects, "ObjectStore", f"{SERVICE}-backup")["configuration"]
    assert configuration["s3Credentials"]["region"] == {"name": f"{SERVICE}-backup", "key": "REGION"}
    assert configuration["endpointCA"] == {"name": f"{SERVICE}-backup", "key": "ca.crt"}
    entries = objects["Secret", f"{SERVICE}-backup"]["stringData"]
    assert (entries["REGION"], entries["ca.crt"]) == ("eu-central-1", pem)


def of_source(access_key_id, secret_access_key):
    keys = {"accessKeyId": access_key_id, "secretAccessKey": secret_access_key}
    return made(in_store(credentials=keys, region="eu-central-1"), None)


def test_an_existing_secret_is_read_where_it_is():
    objects = of_source({"secret": {"name": "minio", "key": "id"}}, {"secret": {"name": "minio", "key": "key"}})
    access = spec(objects, "ObjectStore", f"{SERVICE}-backup")["configuration"]["s3Credentials"]
    assert access["accessKeyId"] == {"name": "minio", "key": "id"}
    assert access["secretAccessKey"] == {"name": "minio", "key": "key"}
    entries = objects["Secret", f"{SERVICE}-backup"]["stringData"]
    assert entries == {"REGION": "eu-central-1"}, "a copy would stay as it was when somebody renews it"


def test_keys_that_an_operator_brings_are_read_from_its_secret():
    objects = of_source({"external": {"key": "minio", "property": "id"}}, {"external": {"key": "minio"}})
    (name,) = (body["metadata"]["name"] for body in objects.values() if body["kind"] == "ExternalSecret")
    access = spec(objects, "ObjectStore", f"{SERVICE}-backup")["configuration"]["s3Credentials"]
    assert {place["name"] for place in access.values()} == {name}, "the Secret has the name of what brings it"


def test_a_role_needs_no_secret_and_gives_the_pods_their_annotation():
    by_role = backup(s3=given.AWS)
    objects = made(by_role, None)
    assert not [kind for kind, _ in objects if kind == "Secret"]
    configuration = spec(objects, "ObjectStore", f"{SERVICE}-backup")["configuration"]
    assert configuration["s3Credentials"] == {"inheritFromIAMRole": True}
    assert "endpointURL" not in configuration, "AWS's own"
    template = cluster_fields(SERVICE, by_role, None)["serviceAccountTemplate"]
    assert template == {"metadata": {"annotations": given.AWS["serviceAccountAnnotations"]}}


def test_the_cluster_archives_into_the_folder_of_its_generation():
    (plugin,) = cluster_fields(SERVICE, backup(generation=3), None)["plugins"]
    assert plugin == {
        "name": PLUGIN,
        "isWALArchiver": True,
        "parameters": {"barmanObjectName": f"{SERVICE}-backup", "serverName": f"{SERVICE}-3"},
    }, "in another generation's it would be told «Expected empty archive»"
    assert before_cluster(SERVICE, backup(), None) == (("ObjectStore", f"{SERVICE}-backup"),)


def test_each_generation_is_backed_up_at_once_and_then_by_schedule():
    objects = made(backup(generation=3, schedule="0 0 4 * * *"), None)
    scheduled = spec(objects, "ScheduledBackup", f"{SERVICE}-3")
    assert scheduled == {
        "schedule": "0 0 4 * * *",
        "cluster": {"name": SERVICE},
        "method": "plugin",
        "pluginConfiguration": {"name": PLUGIN},
        "backupOwnerReference": "cluster",
        "immediate": True,
    }, "without a base backup of this generation its WAL restores nothing"


def test_a_recovery_starts_from_the_earlier_generation_up_to_its_moment():
    chosen = recovery(generation=1, target={"time": "2026-01-02T03:04:05Z", "exclusive": True})
    fields = cluster_fields(SERVICE, backup(generation=2), chosen)
    assert fields["bootstrap"] == {
        "recovery": {
            "source": "recovery",
            "recoveryTarget": {"targetTime": "2026-01-02T03:04:05+00:00", "exclusive": True},
        }
    }
    (source,) = fields["externalClusters"]
    assert source["name"] == "recovery", "the name that bootstrap says"
    parameters = {"barmanObjectName": f"{SERVICE}-backup", "serverName": f"{SERVICE}-1"}
    assert source["plugin"] == {"name": PLUGIN, "parameters": parameters}
    (plugin,) = fields["plugins"]
    assert plugin["parameters"]["serverName"] == f"{SERVICE}-2", "it never writes where it reads"


def target_of(**keys):
    fields = cluster_fields(SERVICE, backup(generation=2), recovery(generation=1, **keys))
    return fields["bootstrap"]["recovery"].get("recoveryTarget")


def test_every_kind_of_target_is_said_in_the_operators_words():
    base = {"backup": "20260102T030405"}
    assert target_of() is None, "up to the end of the archive"
    assert target_of(**base) == {"backupID": "20260102T030405"}
    assert target_of(target={"lsn": "16/B374D848"}) == {"targetLSN": "16/B374D848"}
    named = {"backupID": "20260102T030405"}
    assert target_of(**base, target={"xid": 5000}) == named | {"targetXID": "5000"}, "a text, in the CRD"
    assert target_of(**base, target={"name": "before"}) == named | {"targetName": "before"}
    assert target_of(**base, target={"immediate": True}) == named | {"targetImmediate": True}


def test_a_store_of_another_stack_is_read_with_credentials_of_its_own():
    elsewhere = recovery(server="postgresql-shared-7", s3=given.S3 | {"bucket": "production", "region": "eu-west-1"})
    objects = made(backup(), elsewhere)
    store = spec(objects, "ObjectStore", f"{SERVICE}-recovery")
    assert store["configuration"]["destinationPath"] == "s3://production/databases"
    assert "retentionPolicy" not in store, "nothing is ever deleted there"
    assert objects["Secret", f"{SERVICE}-recovery"]["stringData"]["REGION"] == "eu-west-1"
    (source,) = cluster_fields(SERVICE, backup(), elsewhere)["externalClusters"]
    assert source["plugin"]["parameters"]["barmanObjectName"] == f"{SERVICE}-recovery"
    both = {f"{SERVICE}-backup", f"{SERVICE}-recovery"}
    assert {name for _, name in before_cluster(SERVICE, backup(), elsewhere)} == both


def test_instances_and_the_job_that_recovers_reach_the_store_and_a_pooler_does_not():
    objects = made(backup(generation=2), recovery(generation=1))
    instances = spec(objects, "NetworkPolicy", f"{SERVICE}-backup")
    job = spec(objects, "NetworkPolicy", f"{SERVICE}-recovery")
    assert instances["podSelector"]["matchLabels"] == {"cnpg.io/cluster": SERVICE, "cnpg.io/podRole": "instance"}
    assert job["podSelector"]["matchLabels"] == {"cnpg.io/cluster": SERVICE, "cnpg.io/jobRole": "full-recovery"}
    (out,) = instances["egress"]
    (peer,) = out["to"]
    assert peer["podSelector"] == {"matchLabels": {"app": "minio"}}
    assert out["ports"] == [{"protocol": "TCP", "port": 9000}]
    assert job["egress"] == instances["egress"], "the Job reads the base backup and the WAL itself"


def test_each_object_comes_after_what_it_needs():
    objects = {manifest.reference: manifest for manifest in render(scope(), SERVICE, backup(), None)}
    assert ("Secret", f"{SERVICE}-backup") in objects["ObjectStore", f"{SERVICE}-backup"].after
    assert ("Cluster", SERVICE) in objects["ScheduledBackup", f"{SERVICE}-1"].after, "the webhook asks for no Cluster"
