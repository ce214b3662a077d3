//go:build tools

// Package tools pins CoreDNS, so that go.sum verifies every module of it.
package tools

import _ "github.com/coredns/coredns"
