// Judges a pod's metadata and spec, as JSON on standard input, by a level of Pod Security, with the very rules of the
// API server. Prints what is forbidden; exit 0 when nothing is, 1 when something is.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	level, err := api.ParseLevel(os.Args[1])
	exitOn(err)
	var pod struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
		Spec     corev1.PodSpec    `json:"spec"`
	}
	exitOn(json.NewDecoder(os.Stdin).Decode(&pod))
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	exitOn(err)
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &pod.Metadata, &pod.Spec))
	if !result.Allowed {
		fmt.Println(result.ForbiddenDetail())
		os.Exit(1)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
