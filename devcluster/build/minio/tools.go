//go:build tools

// Package tools pins MinIO, so that go.sum verifies every module of it.
package tools

import _ "github.com/minio/minio"
