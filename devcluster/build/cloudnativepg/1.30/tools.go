//go:build tools

// Package tools pins the operator CloudNativePG, so that go.sum verifies every module of it.
package tools

import _ "github.com/cloudnative-pg/cloudnative-pg/cmd/manager"
