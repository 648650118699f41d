// SPDX-License-Identifier: MIT
//
// peer: the wake race in Go: two goroutines, each locked to a thread of its own, over two channels.

package main

import (
	"flag"
	"fmt"
	"runtime"
	"time"
)

func main() {
	ops := flag.Int("ops", 1, "round trips")
	flag.Parse()
	runtime.GOMAXPROCS(2)
	runtime.LockOSThread()
	there, back := make(chan struct{}), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		for range there {
			back <- struct{}{}
		}
	}()

	start := time.Now()
	for i := 0; i < *ops; i++ {
		there <- struct{}{}
		<-back
	}
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d}\n", *ops, ns)
}
