// SPDX-License-Identifier: MIT
//
// peer: the local race in Go, which has no thread-locals and none of goroutines.
//
// Instead, values that are passed down in a context.Context, each in its own context around the one before. The rounds are
// those of local/access.h.

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

const accesses = 32

type key int

func main() {
	ops, keys := 1, 1
	for i := 1; i+1 < len(os.Args); i += 2 {
		number, err := strconv.Atoi(os.Args[i+1])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if os.Args[i] == "--ops" {
			ops = number
		} else {
			keys = number
		}
	}
	values := make([]uint64, keys)
	boxed := make([]any, keys) // a key is compared by value; what it is in is made once
	within := context.Background()
	for i := range values {
		boxed[i] = key(i)
		within = context.WithValue(within, boxed[i], &values[i])
	}
	rounds := ops / accesses
	if rounds == 0 {
		rounds = 1
	}
	start := time.Now()
	for round := 0; round < rounds; round++ {
		for i := 0; i < accesses; i++ {
			*within.Value(boxed[i&(keys-1)]).(*uint64)++
		}
	}
	ns := time.Since(start).Nanoseconds()
	sum := uint64(0)
	for _, value := range values {
		sum += value
	}
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", rounds*accesses, ns, sum)
}
