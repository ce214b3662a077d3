//go:build tools

// Package tools pins the Barman Cloud plugin of CloudNativePG, so that go.sum verifies every module of it.
package tools

import _ "github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager"
