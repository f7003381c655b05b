// Package tools names what .ci/kubernetes builds, so that go.mod keeps its versions.
package tools

import _ "k8s.io/kubernetes/pkg/apis/core"
