//go:build tools

// Package tools pins etcd and etcdctl, so that go.sum verifies every module of them.
package tools

import (
	_ "go.etcd.io/etcd/etcdctl/v3"
	_ "go.etcd.io/etcd/server/v3"
)
