// SPDX-License-Identifier: MIT
//
// peer: the switch race in Go: two goroutines, GOMAXPROCS 1, each calling runtime.Gosched.

package main

import (
	"flag"
	"fmt"
	"runtime"
	"time"
)

func main() {
	ops := flag.Int("ops", 1, "switches in all")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	each := (*ops + 1) / 2
	yield := func() {
		for i := 0; i < each; i++ {
			runtime.Gosched()
		}
	}
	ended := make(chan struct{})

	start := time.Now()
	go func() {
		yield()
		close(ended)
	}()
	yield()
	<-ended
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d}\n", 2*each, ns)
}
