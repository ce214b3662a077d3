//go:build tools

// Package tools pins promtool, so that go.sum verifies every module of it.
package tools

import _ "github.com/prometheus/prometheus/cmd/promtool"
